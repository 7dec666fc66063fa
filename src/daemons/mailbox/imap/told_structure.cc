#include "daemons/mailbox/imap/told_structure.h"

#include <cstdint>
#include <cstring>

#include "wire/imap/body_structure.h"
#include "wire/imap/envelope.h"

namespace courier::mailbox {

namespace {

constexpr char version = 2;  // 1 was the structure alone
using Length = std::uint32_t;

void put_length(std::string& out, std::size_t at, std::size_t length) {
  const auto number = static_cast<Length>(length);
  std::memcpy(out.data() + at, &number, sizeof number);
}

// A text that has its length in front.
bool take_text(std::string_view& in, std::string_view& text) {
  Length length = 0;
  if (in.size() < sizeof length) return false;
  std::memcpy(&length, in.data(), sizeof length);
  in.remove_prefix(sizeof length);
  if (in.size() < length) return false;
  text = in.substr(0, length);
  in.remove_prefix(length);
  return true;
}

}  // namespace

std::string write_told_structure(const message::Structure& structure) {
  std::string out(1, version);
  const auto with_length = [&out](auto write) {
    const std::size_t at = out.size();
    out.append(sizeof(Length), '\0');
    write();
    put_length(out, at, out.size() - at - sizeof(Length));
  };
  with_length([&] { imap::write_envelope(out, *structure.parts[0].envelope); });
  with_length([&] { imap::write_body(out, structure, imap::Extended::Yes); });
  return out + message::encode_structure(structure);
}

std::optional<ToldStructure> read_told_structure(std::string_view bytes) {
  if (!bytes.starts_with(version)) return std::nullopt;
  bytes.remove_prefix(1);
  ToldStructure told;
  if (!take_text(bytes, told.envelope) || !take_text(bytes, told.body_structure)) return std::nullopt;
  told.encoded = bytes;
  return told;
}

}  // namespace courier::mailbox
