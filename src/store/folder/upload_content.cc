#include "store/folder/upload_content.h"

#include <algorithm>

namespace courier::store {

namespace {
constexpr std::size_t kInMemory = 64 * 1024;
}

DiskResult<void> UploadContent::flush() {
  if (!file_) {
    auto file = disk_.open(tmp_, OpenMode::CreateNew);
    if (!file) return fail(file.error());
    file_ = std::move(*file);
    made_ = true;
  }
  if (auto put = file_->write_at(written_, held_); !put) return put;
  written_ += held_.size();
  held_.clear();
  held_.shrink_to_fit();
  return {};
}

DiskResult<void> UploadContent::write(std::string_view bytes) {
  const std::size_t old = held_.size();
  std::ranges::copy_if(bytes, std::back_inserter(held_), [](char c) { return c != '\r'; });
  size_ += held_.size() - old;
  lines_ += static_cast<std::uint64_t>(std::count(held_.begin() + static_cast<std::ptrdiff_t>(old), held_.end(), '\n'));
  if (held_.size() > old) line_open_ = held_.back() != '\n';
  return held_.size() > kInMemory ? flush() : DiskResult<void>{};
}

DiskResult<void> UploadContent::finish(WallTime modified) {
  if (line_open_) {
    if (auto ended = write("\n"); !ended) return ended;
  }
  if (auto flushed = flush(); !flushed) return flushed;
  if (auto set = file_->set_modified(modified); !set) return set;
  if (auto synced = file_->sync(); !synced) return synced;
  return file_->close();
}

void UploadContent::discard() {
  file_.reset();
  if (made_) (void)disk_.unlink(tmp_);
  made_ = false;
}

}  // namespace courier::store
