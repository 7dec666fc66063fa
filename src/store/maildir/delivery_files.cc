#include "store/maildir/delivery_files.h"

#include <cerrno>

#include <algorithm>
#include <utility>

#include "store/maildir/message_name.h"

namespace courier::store {

namespace {

constexpr std::size_t kPiece = 128 * 1024;

void decide(DeliveryItem& item, DeliveryOutcome outcome, std::string text = {}) {
  item.result = {.outcome = outcome, .text = std::move(text)};
  item.decided = true;
}

void decide(DeliveryItem& item, const DiskError& error) {
  const bool full = error.os_error == ENOSPC || error.os_error == EDQUOT;
  decide(item, full ? DeliveryOutcome::NoSpace : DeliveryOutcome::Broken, to_string(error));
}

// In parts whose count fits into a byte, so that the compiler compares and adds many at a time.
std::uint64_t count_lines(std::string_view bytes) {
  std::uint64_t lines = 0;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, 255);
    std::uint8_t count = 0;
    for (const char c : part) count = static_cast<std::uint8_t>(count + (c == '\n'));
    lines += count;
    bytes.remove_prefix(part.size());
  }
  return lines;
}

}  // namespace

DiskResult<std::size_t> DeliveryBody::read_at(std::uint64_t offset, std::span<char> into) {
  const std::lock_guard lock(mutex_);
  return file_->read_at(offset, into);
}

DiskResult<void> DeliveryFiles::fill(File& file, const DeliveryItem& item, std::uint64_t& lines) {
  const std::string_view pieces[] = {item.delivery.head, item.delivery.body->in_memory()};
  if (auto put = file.write_pieces(0, pieces); !put) return put;
  lines = count_lines(pieces[0]) + count_lines(pieces[1]);
  return copy_body(file, item, lines);
}

// What is not in memory.
DiskResult<void> DeliveryFiles::copy_body(File& file, const DeliveryItem& item, std::uint64_t& lines) {
  DeliveryBody& body = *item.delivery.body;
  std::string piece;
  for (std::uint64_t copied = body.in_memory().size(); copied < body.size();) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, body.size() - copied)));
    const auto got = body.read_at(copied, piece);
    if (!got) return fail(got.error());
    if (*got == 0) return fail(DiskError{.os_error = EIO, .operation = "read body", .path = item.name});
    piece.resize(*got);
    if (auto put = file.write_at(item.delivery.head.size() + copied, piece); !put) return put;
    lines += count_lines(piece);
    copied += *got;
  }
  return {};
}

DiskResult<void> DeliveryFiles::write_tmp(DeliveryItem& item, const std::string& unnamed_in) {
  item.tmp.clear();
  if (unnamed_in.empty()) {
    item.tmp = item.delivery.maildir + "/tmp/" + item.delivery.base + "." + std::to_string(process_id_) + "_" + std::to_string(++count_);
  }
  item.size = item.delivery.head.size() + item.delivery.body->size();
  auto file = item.tmp.empty() ? disk_.create_unnamed(unnamed_in) : disk_.open(item.tmp, OpenMode::CreateNew);
  if (!file) {
    item.tmp.clear();
    return fail(file.error());
  }
  item.file = std::move(*file);
  std::uint64_t lines = 0;
  if (auto filled = fill(*item.file, item, lines); !filled) {
    discard(item);
    return filled;
  }
  item.name = with_sizes(item.delivery.base, item.size, item.size + lines);
  return {};
}

void DeliveryFiles::discard(DeliveryItem& item) {
  item.file.reset();
  if (!item.tmp.empty()) (void)disk_.unlink(std::exchange(item.tmp, {}));
}

DiskResult<void> DeliveryFiles::sync_tmp(DeliveryItem& item) { return close_tmp(item, item.file->sync()); }

DiskResult<void> DeliveryFiles::close_tmp(DeliveryItem& item, DiskResult<void> so_far) {
  const FilePtr file = std::move(item.file);
  if (so_far) so_far = file->close();
  if (!so_far) discard(item);
  return so_far;
}

// A failed sync may have dropped the pages it could not write: only new bytes in a new file can be trusted.
DiskResult<void> DeliveryFiles::write_again(DeliveryItem& item) {
  auto written = write_named(item);
  return written ? sync_tmp(item) : written;
}

DiskResult<void> DeliveryFiles::write_named(DeliveryItem& item) {
  auto written = write_tmp(item, {});
  if (written || written.error().os_error != ENOENT) return written;
  // The first message of an account, or somebody removed its maildir.
  if (auto made = make_maildir(disk_, item.delivery.maildir); !made) return made;
  return write_tmp(item, {});
}

bool DeliveryFiles::find_earlier(DeliveryItem& item) {
  const auto files = list_messages(disk_, item.delivery.maildir);
  if (!files) return false;
  for (const MessageFile& file : *files) {
    if (unique_part(file.name) != item.delivery.base) continue;
    item.found = file;
    return true;
  }
  return false;
}

void DeliveryFiles::write(DeliveryItem& item, const std::string& unnamed_in) {
  item.repeated = item.delivery.look_first && find_earlier(item);
  if (item.repeated) return;
  auto written = unnamed_in.empty() ? write_named(item) : write_tmp(item, unnamed_in);
  if (!written) written = write_named(item);
  if (!written) decide(item, written.error());
}

void DeliveryFiles::write_unnamed(DeliveryGroup& group, const std::string& place) {
  if (!exists(disk_, group.maildir + "/new")) (void)make_maildir(disk_, group.maildir);  // else each message meets the error
  for (const auto& item : group.items) write(*item, one_volume_ ? place : group.maildir + "/tmp");
}

void DeliveryFiles::sync(DeliveryItem& item) {
  if (!item.file || (!item.tmp.empty() && sync_tmp(item))) return;
  if (auto written = write_again(item); !written) decide(item, written.error());
}

void DeliveryFiles::synced(DeliveryItem& item) {
  if (!item.file || item.tmp.empty() || close_tmp(item, {})) return;
  if (auto written = write_again(item); !written) decide(item, written.error());
}

void DeliveryFiles::publish_all(DeliveryGroup& group) {
  for (const auto& item : group.items) {
    if (item->decided || (item->tmp.empty() && !item->file)) continue;
    auto published = publish(*item);
    if (!published) published = publish_once_more(*item, published.error());
    if (published) continue;
    discard(*item);
    decide(*item, published.error());
  }
}

DiskResult<void> DeliveryFiles::publish(DeliveryItem& item) {
  const std::string& maildir = item.delivery.maildir;
  const std::string path = item.found ? file_path(maildir, item.found->place, item.found->name) : file_path(maildir, Place::New, item.name);
  if (!item.tmp.empty()) return disk_.rename(item.tmp, path);
  auto linked = item.file->link_as(path);
  if (linked) item.file.reset();
  return linked;
}

DiskResult<void> DeliveryFiles::publish_once_more(DeliveryItem& item, DiskError why) {
  if (why.os_error == ENOENT) {
    // Somebody removed new/, or all of the maildir with the file that was written.
    if (auto made = make_maildir(disk_, item.delivery.maildir); !made) return made;
    auto published = publish(item);
    if (published || published.error().os_error != ENOENT) return published;
  } else if (item.file && why.os_error == EXDEV) {
    one_volume_ = false;
    item.elsewhere = true;
  } else if (!item.file || why.os_error != EEXIST) {
    return fail(std::move(why));
  }
  // Only a file with a name replaces that of an earlier attempt, or can be in the maildir's own file system.
  if (auto written = write_again(item); !written) return written;
  return publish(item);
}

DiskResult<void> DeliveryFiles::sync_places(const DeliveryGroup& group) {
  bool in_new = false;
  bool in_cur = false;
  for (const auto& item : group.items) {
    if (item->decided) continue;
    if (item->found && item->found->place == Place::Cur) {
      in_cur = true;
    } else {
      in_new = true;
    }
  }
  if (in_new) {
    if (auto synced = disk_.sync_directory(group.maildir + "/new"); !synced) return synced;
  }
  return in_cur ? disk_.sync_directory(group.maildir + "/cur") : DiskResult<void>{};
}

void DeliveryFiles::rewrite_all(DeliveryGroup& group) {
  for (const auto& item : group.items) {
    if (item->decided) continue;
    // What an earlier attempt left is as doubtful as what we renamed. It keeps the name that a client has given it meanwhile.
    item->found.reset();
    (void)find_earlier(*item);
    if (auto written = write_again(*item); !written) decide(*item, written.error());
  }
  publish_all(group);
}

void DeliveryFiles::publish(DeliveryGroup& group) {
  group.quota.emplace(disk_, group.maildir, group.items.front()->delivery.quota,
                      std::to_string(process_id_) + "_" + std::to_string(++count_));
  for (const auto& item : group.items) {
    if (item->decided || item->repeated) continue;
    const auto size = static_cast<std::int64_t>(item->size);
    if (group.quota->allows(group.bytes + size, group.messages + 1, group.now)) {
      group.bytes += size;
      ++group.messages;
      continue;
    }
    discard(*item);
    decide(*item, DeliveryOutcome::OverQuota, "over quota");
  }
  publish_all(group);
}

void DeliveryFiles::settle(DeliveryGroup& group, bool names_synced) {
  auto synced = names_synced ? DiskResult<void>{} : sync_places(group);
  if (!synced) {
    rewrite_all(group);
    synced = sync_places(group);
  }
  for (const auto& item : group.items) {
    if (item->decided) continue;
    if (synced) {
      decide(*item, item->repeated ? DeliveryOutcome::Repeated : DeliveryOutcome::Delivered);
    } else {
      // Not to be mistaken for delivered by the next attempt.
      (void)disk_.unlink(file_path(group.maildir, Place::New, item->name));
      decide(*item, synced.error());
    }
  }
  if (synced) group.quota->add(group.bytes, group.messages, group.now);
}

}  // namespace courier::store
