#include "wire/message/wire_offsets.h"

#include <algorithm>

namespace courier::message {

void CrlfWriter::write(std::string_view stored, std::string& out) {
  while (!stored.empty()) {
    const auto end = stored.find('\n');
    const std::string_view text = stored.substr(0, end);
    out += text;
    if (!text.empty()) last_ = text.back();
    if (end == std::string_view::npos) return;
    out += last_ == '\r' ? "\n" : "\r\n";
    last_ = '\n';
    stored.remove_prefix(end + 1);
  }
}

std::uint64_t count_lone_lf(std::string_view stored, char before) {
  std::uint64_t count = 0;
  for (std::size_t at = stored.find('\n'); at != std::string_view::npos; at = stored.find('\n', at + 1)) {
    if ((at == 0 ? before : stored[at - 1]) != '\r') ++count;
  }
  return count;
}

WirePlace find_octet(std::string_view stored, std::uint64_t octets, char before) {
  WirePlace place;
  while (place.octets < octets && place.stored < stored.size()) {
    const std::string_view rest = stored.substr(static_cast<std::size_t>(place.stored));
    const std::size_t line = std::min(rest.find('\n'), rest.size());
    const std::uint64_t text = std::min<std::uint64_t>(line, octets - place.octets);
    place.stored += text;
    place.octets += text;
    if (text > 0) before = rest[static_cast<std::size_t>(text) - 1];
    if (text < line || line == rest.size() || place.octets == octets) continue;
    if (before != '\r' && ++place.octets == octets) {
      place.inside_line_end = true;
      return place;
    }
    ++place.octets;
    ++place.stored;
    before = '\n';
  }
  return place;
}

}  // namespace courier::message
