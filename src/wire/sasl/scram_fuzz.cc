// The first byte chooses which of the four messages the rest is, or that it is a verifier.
#include <string_view>

#include "base/check.h"
#include "wire/sasl/scram_keys.h"
#include "wire/sasl/scram_message.h"

namespace {

template <class Parse, class Write>
void round_trip(std::string_view text, Parse parse, Write write) {
  const auto message = parse(text);
  if (message) CHECK(parse(write(*message)) == *message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace courier::sasl;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'f':
      round_trip(text, parse_client_first, write_client_first);
      if (parse_client_first(text)) CHECK(gs2_header(text).size() + client_first_bare(text).size() == text.size());
      break;
    case 's': round_trip(text, parse_server_first, write_server_first); break;
    case 'l': round_trip(text, parse_client_final, write_client_final); break;
    case 'v': round_trip(text, parse_verifier, write_verifier); break;
    default: round_trip(text, parse_server_final, write_server_final); break;
  }
  return 0;
}
