#include "transports/esmtp/letter.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "wire/smtp/data.h"

namespace courier::esmtp {

namespace {
constexpr std::uint64_t chunk = 64 * 1024;
}

std::optional<std::string_view> Letter::read(std::uint64_t offset, std::string& buffer) const {
  if (!request_.body.in_file) return request_.body.bytes.view().substr(std::min<std::uint64_t>(offset, size()));
  buffer.resize(std::min(chunk, size() - std::min(offset, size())));
  if (buffer.empty()) return std::string_view();
  ssize_t got = 0;
  do {
    got = ::pread(file_.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  // The recorded size is the truth: a file that ends before it is damaged.
  if (got <= 0) return std::nullopt;
  return std::string_view(buffer).substr(0, static_cast<std::size_t>(got));
}

bool Letter::eight_bit_body() const {
  std::string buffer;
  for (std::uint64_t offset = 0; offset < size();) {
    const auto bytes = read(offset, buffer);
    if (!bytes || bytes->empty()) return false;
    if (smtp::has_eight_bit(*bytes)) return true;
    offset += bytes->size();
  }
  return false;
}

// The header section ends at the first empty line; one beyond the first piece is no ordinary one, and is taken whole.
bool Letter::eight_bit_header() const {
  std::string buffer;
  const auto bytes = read(0, buffer);
  if (!bytes) return false;
  return smtp::has_eight_bit(bytes->starts_with('\n') ? std::string_view() : bytes->substr(0, bytes->find("\n\n")));
}

}  // namespace courier::esmtp
