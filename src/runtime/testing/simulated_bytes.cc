#include "runtime/testing/simulated_bytes.h"

#include <algorithm>
#include <cstring>

namespace courier::simulated {

Bytes::Page& Bytes::own(std::size_t number) {
  std::shared_ptr<Page>& page = pages_[number];
  if (!page) {
    page = std::make_shared<Page>();
    page->fill('\0');
  } else if (page.use_count() > 1) {
    page = std::make_shared<Page>(*page);
  }
  return *page;
}

void Bytes::resize(std::uint64_t size) {
  const std::size_t left = size % page_size;
  if (size < size_ && left != 0 && pages_[size / page_size]) std::memset(own(size / page_size).data() + left, 0, page_size - left);
  pages_.resize((size + page_size - 1) / page_size);
  size_ = size;
}

void Bytes::write(std::uint64_t offset, std::string_view bytes) {
  if (offset + bytes.size() > size_) resize(offset + bytes.size());
  while (!bytes.empty()) {
    const std::size_t at = offset % page_size;
    const std::size_t n = std::min(bytes.size(), page_size - at);
    std::memcpy(own(offset / page_size).data() + at, bytes.data(), n);
    offset += n;
    bytes.remove_prefix(n);
  }
}

std::size_t Bytes::read(std::uint64_t offset, std::span<char> into) const {
  if (offset >= size_) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  for (std::size_t done = 0; done < wanted;) {
    const std::size_t at = (offset + done) % page_size;
    const std::size_t n = std::min(wanted - done, page_size - at);
    const std::shared_ptr<Page>& page = pages_[(offset + done) / page_size];
    if (page) {
      std::memcpy(into.data() + done, page->data() + at, n);
    } else {
      std::memset(into.data() + done, 0, n);
    }
    done += n;
  }
  return wanted;
}

std::string Bytes::all() const {
  std::string bytes(size_, '\0');
  read(0, bytes);
  return bytes;
}

}  // namespace courier::simulated
