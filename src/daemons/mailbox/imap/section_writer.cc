#include "daemons/mailbox/imap/section_writer.h"

#include "wire/message/wire_offsets.h"

namespace courier::mailbox {

SectionWriter::SectionWriter(MessageBytes& bytes, const message::Structure* structure, const imap::SectionPlace& place, std::uint64_t start,
                             std::uint64_t count)
    : at_(place.begin), end_(place.end), skip_(start), left_(count) {
  if (structure && start >= message::Structure::block) find_known_point(bytes, *structure, start);
  if (at_ == 0) return;
  const std::string_view before = bytes.read(at_ - 1, at_);
  if (!before.empty()) last_ = before[0];
}

// Begins with the last block of which it is known how many octets are before it.
void SectionWriter::find_known_point(MessageBytes& bytes, const message::Structure& structure, std::uint64_t start) {
  using message::Structure;
  // Octets on the wire before the place's beginning.
  const std::uint64_t block = at_ / Structure::block;
  const std::uint64_t block_begin = block * Structure::block;
  const std::string_view before = block_begin == 0 ? std::string_view() : bytes.read(block_begin - 1, block_begin);
  const char last = before.empty() ? '\0' : before[0];
  const std::uint64_t lone = structure.lone_lf[block] + message::count_lone_lf(bytes.read(block_begin, at_), last);
  const std::uint64_t target = at_ + lone + start;
  for (std::uint64_t k = structure.lone_lf.size(); k-- > block + 1;) {
    const std::uint64_t octets = k * Structure::block + structure.lone_lf[k];
    if (octets > target) continue;
    at_ = k * Structure::block;
    skip_ = target - octets;
    break;
  }
}

bool SectionWriter::write(MessageBytes& bytes, std::string& out, std::size_t most) {
  while (left_ > 0 && out.size() < most) {
    std::string_view rest = bytes.read(at_, end_);
    if (rest.empty()) throw ReadFailed{};
    at_ += rest.size();
    const char final = rest.back();
    bool drop_cr = false;
    if (skip_ > 0) {
      const auto place = message::find_octet(rest, skip_, last_);
      skip_ -= place.octets;
      drop_cr = place.inside_line_end;
      if (place.stored > 0) last_ = rest[static_cast<std::size_t>(place.stored) - 1];
      rest.remove_prefix(static_cast<std::size_t>(place.stored));
    }
    const std::size_t begin = out.size();
    message::CrlfWriter(last_).write(rest, out);
    if (drop_cr) out.erase(begin, 1);
    if (out.size() - begin > left_) out.resize(begin + static_cast<std::size_t>(left_));
    left_ -= out.size() - begin;
    last_ = final;
  }
  return left_ == 0;
}

}  // namespace courier::mailbox
