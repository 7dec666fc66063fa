#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/address/mailbox.h"

using namespace courier::address;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Limits wide{1u << 20, 1u << 20, 1u << 20};
  for (const Utf8 utf8 : {Utf8::No, Utf8::Yes}) {
    if (const auto mailbox = parse_mailbox(text, utf8)) {
      CHECK(parse_mailbox(write(*mailbox), utf8, wide) == *mailbox);
      const auto again = parse_mailbox(canonical(*mailbox), utf8, wide);
      CHECK(again && canonical(*again) == canonical(*mailbox));
    }
    std::string_view rest = text;
    if (const auto path = take_path(rest, utf8)) {
      CHECK(text.ends_with(rest));
      CHECK(!*path || parse_mailbox(write(**path), utf8, wide) == **path);
    }
  }
  return 0;
}
