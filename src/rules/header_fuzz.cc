#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "rules/header.h"
#include "rules/header_edit.h"
#include "rules/originator.h"

using namespace courier::rules;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const HeaderLimits limits{.bytes = 2000, .fields = 20, .line = 200, .received = 5};
  const auto facts = inspect_header(text, limits);
  if (!facts) return 0;
  CHECK(facts->size <= text.size());
  for (const auto body : facts->from) (void)addresses_of(body);
  std::string message = "Received: us\n" + std::string(text);
  courier::rules::edit_header(message, 13, *facts, Completing::Yes, "s-1-2", "h", {});
  // What was edited has everything and needs nothing more.
  const auto again = inspect_header(message, {});
  CHECK(again && again->has_date && again->has_message_id && again->return_paths.empty() && !again->needs_separator);
  return 0;
}
