// Settings as somebody may write them: any file is read or refused with a place; what we write of a value reads as that value.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "settings/esmtp.h"
#include "settings/supervisor.h"
#include "settings/toml.h"
#include "settings/units.h"

using namespace courier;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto document = parse_toml(text)) {
    for (const auto& entry : document->entries) CHECK(entry.line >= 1);
  } else {
    CHECK(!document.error().text.empty());
  }
  if (is_utf8(text)) {
    const auto back = parse_toml("key = " + toml_string(text));
    CHECK(back && back->entries.size() == 1 && back->entries[0].value.text == text);
  }
  if (const auto bytes = parse_size(text)) CHECK(parse_size(format_size(*bytes)) == bytes);
  if (const auto seconds = parse_duration(text)) CHECK(parse_duration(format_duration(*seconds)) == seconds);
  ListenAddress address;
  static_cast<void>(parse_listen_address(text, address));
  if (const auto route = parse_route(text)) CHECK(route->domain == to_lower(route->domain));
  if (const auto login = parse_login(text)) CHECK(!login->user.empty());
  return 0;
}
