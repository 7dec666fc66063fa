#include "daemons/mailbox/imap/message_source.h"

#include <algorithm>
#include <memory>

#include "wire/message/wire_offsets.h"

namespace courier::mailbox {

namespace {

// Reads exactly what is there; an error ends up as an empty optional. On the pool.
std::optional<std::string> read_exactly(File& file, std::uint64_t offset, std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const auto got = file.read_at(offset + have, std::span<char>(bytes).subspan(have));
    if (!got) return std::nullopt;
    if (*got == 0) break;
    have += *got;
  }
  bytes.resize(have);
  return bytes;
}

std::optional<message::Structure> parse_file(File& file, std::uint64_t size) {
  message::StructureParser parser;
  for (std::uint64_t at = 0; at < size;) {
    const auto bytes = read_exactly(file, at, static_cast<std::size_t>(std::min<std::uint64_t>(message_chunk, size - at)));
    if (!bytes) return std::nullopt;
    if (bytes->empty()) break;
    parser.write(*bytes);
    at += bytes->size();
  }
  return parser.finish();
}

}  // namespace

Task<std::string> MessageSource::read(std::uint64_t offset, std::uint64_t count) const {
  const std::uint64_t size = message.size;
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>({count, message_chunk, size - std::min(offset, size)}));
  if (message.has_bytes) co_return message.bytes.substr(static_cast<std::size_t>(std::min(offset, size)), want);
  const std::shared_ptr<File> file = message.file;
  auto bytes = co_await pool.run([file, offset, want] { return read_exactly(*file, offset, want); });
  if (!bytes || bytes->size() < want) throw SessionEnd{"a message could not be read"};
  co_return std::move(*bytes);
}

Task<message::Structure> MessageSource::structure() const {
  if (message.has_bytes) {
    message::StructureParser parser;
    parser.write(message.bytes);
    co_return parser.finish();
  }
  const std::shared_ptr<File> file = message.file;
  const std::uint64_t size = message.size;
  auto structure = co_await pool.run([file, size] { return parse_file(*file, size); });
  if (!structure) throw SessionEnd{"a message could not be read"};
  co_return std::move(*structure);
}

Task<std::string> MessageSource::read_header(std::uint64_t begin, std::uint64_t end) const {
  constexpr std::uint64_t most = 1 << 20;
  end = std::min(end, begin + most);
  std::string header;
  while (begin < end) {
    const std::string piece = co_await read(begin, end - begin);
    if (piece.empty()) break;
    header += piece;
    begin += piece.size();
  }
  co_return header;
}

namespace {

// A place in the stored bytes with its distance on the wire from the slice's start.
struct Start {
  std::uint64_t stored = 0;
  std::uint64_t octets = 0;   // still to be passed over
};

// The last known point before the slice: the place's beginning, or a block's.
Task<Start> known_point(MessageSource source, const message::Structure* structure, Slice slice) {
  using message::Structure;
  Start start{.stored = slice.place.begin, .octets = slice.start};
  if (!structure || slice.start < Structure::block) co_return start;
  // Octets on the wire before the place's beginning.
  const std::uint64_t block = slice.place.begin / Structure::block;
  const std::uint64_t block_begin = block * Structure::block;
  const std::string head = co_await source.read(block_begin, slice.place.begin - block_begin);
  const std::string before = block_begin == 0 ? std::string() : co_await source.read(block_begin - 1, 1);
  const std::uint64_t lone = structure->lone_lf[block] + message::count_lone_lf(head, before.empty() ? '\0' : before[0]);
  const std::uint64_t target = slice.place.begin + lone + slice.start;
  for (std::uint64_t k = structure->lone_lf.size(); k-- > block + 1;) {
    const std::uint64_t octets = k * Structure::block + structure->lone_lf[k];
    if (octets > target) continue;
    start = {.stored = k * Structure::block, .octets = target - octets};
    break;
  }
  co_return start;
}

}  // namespace

Task<> write_slice(MessageSource source, const message::Structure* structure, Slice slice, ImapOutput& output) {
  Start at = co_await known_point(source, structure, slice);
  std::string before = at.stored == 0 ? std::string() : co_await source.read(at.stored - 1, 1);
  char last = before.empty() ? '\0' : before[0];
  std::uint64_t left = slice.count;
  while (left > 0) {
    const std::string chunk = co_await source.read(at.stored, slice.place.end - at.stored);
    if (chunk.empty()) throw SessionEnd{"a message was shorter than expected"};
    std::string_view rest = chunk;
    bool drop_cr = false;
    if (at.octets > 0) {
      const auto place = message::find_octet(rest, at.octets, last);
      at.octets -= place.octets;
      drop_cr = place.inside_line_end;
      if (place.stored > 0) last = rest[static_cast<std::size_t>(place.stored) - 1];
      rest.remove_prefix(static_cast<std::size_t>(place.stored));
    }
    std::string& out = output.text();
    const std::size_t begin = out.size();
    message::CrlfWriter(last).write(rest, out);
    if (drop_cr) out.erase(begin, 1);
    if (out.size() - begin > left) out.resize(begin + static_cast<std::size_t>(left));
    left -= out.size() - begin;
    at.stored += chunk.size();
    last = chunk.back();
    if (output.due()) co_await output.flush();
  }
}

}  // namespace courier::mailbox
