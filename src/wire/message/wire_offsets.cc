#include "wire/message/wire_offsets.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace courier::message {

namespace {

// In rows, which the compiler takes as vectors of bytes; a count of the whole would make it take four bytes at a time.
std::uint64_t count_lf(std::string_view text) {
  constexpr std::size_t row = 32;
  std::uint64_t count = 0;
  while (text.size() >= row) {
    const std::size_t rows = std::min<std::size_t>(text.size() / row, UINT8_MAX);
    std::array<std::uint8_t, row> counts{};
    const char* from = text.data();
    for (std::size_t i = 0; i < rows; ++i, from += row) {
      for (std::size_t lane = 0; lane < row; ++lane) counts.data()[lane] += from[lane] == '\n' ? 1 : 0;
    }
    for (const std::uint8_t lane : counts) count += lane;
    text.remove_prefix(rows * row);
  }
  return count + static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

void CrlfWriter::write(std::string_view stored, std::string& out) {
  const std::size_t begin = out.size();
  // Room for as many CRs as there may be: counting them first takes longer.
  out.resize_and_overwrite(begin + 2 * stored.size(), [&](char* text, std::size_t) {
    const char* from = stored.data();
    const char* const end = from + stored.size();
    char* to = text + begin;
    while (from != end) {
      const auto* lf = static_cast<const char*>(std::memchr(from, '\n', static_cast<std::size_t>(end - from)));
      const auto line = static_cast<std::size_t>((lf ? lf : end) - from);
      std::memcpy(to, from, line);
      to += line;
      if (!lf) break;
      if ((lf == stored.data() ? last_ : lf[-1]) != '\r') *to++ = '\r';
      *to++ = '\n';
      from = lf + 1;
    }
    return static_cast<std::size_t>(to - text);
  });
  if (!stored.empty()) last_ = stored.back();
}

// Nearly no message has a CR: all LFs are counted, then those that have one before them are looked for.
std::uint64_t count_lone_lf(std::string_view stored, char before) {
  std::uint64_t count = count_lf(stored);
  if (before == '\r' && stored.starts_with('\n')) --count;
  for (std::size_t at = stored.find('\r'); at != std::string_view::npos; at = stored.find('\r', at + 1)) {
    if (at + 1 < stored.size() && stored[at + 1] == '\n') --count;
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
