#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/smtp/command.h"
#include "wire/smtp/xtext.h"

using namespace courier::smtp;
using courier::address::Limits;
using courier::address::Utf8;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Limits wide{1u << 20, 1u << 20, 1u << 20};  // writing may add quotes
  const auto again = [](const std::string& line) { return split_command(line); };
  const std::string_view arguments = split_command(text).arguments;
  if (const auto mail = parse_mail(arguments)) {
    // Encoding may lengthen ENVID beyond what is accepted.
    if (!mail->envelope_id || xtext_encode(*mail->envelope_id).size() <= 100) {
      CHECK(parse_mail(again(write(*mail)).arguments, wide) == *mail);
    }
  }
  if (const auto rcpt = parse_rcpt(arguments, Utf8::Yes)) {
    if (original_recipient_encode(rcpt->original).size() <= 500) {
      CHECK(parse_rcpt(again(write(*rcpt)).arguments, Utf8::Yes, wide) == *rcpt);
    }
  }
  if (const auto bdat = parse_bdat(arguments)) CHECK(parse_bdat(again(write(*bdat)).arguments) == *bdat);
  if (const auto auth = parse_auth(arguments)) CHECK(parse_auth(again(write(*auth)).arguments) == *auth);
  if (const auto hello = parse_hello(arguments)) CHECK(parse_hello(*hello) == *hello);
  CHECK(xtext_decode(xtext_encode(text)) == text);
  if (const auto original = original_recipient_decode(text)) {
    CHECK(original_recipient_decode(original_recipient_encode(*original)) == *original);
  }
  return 0;
}
