// Sign-ins of somebody who does not know the password. The first byte chooses the mechanism; each line is a message; "-" first: no initial
// response.
#include <cstdint>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "wire/sasl/server.h"

using namespace courier::sasl;

namespace {

const ScramVerifier& verifier_of_secret() {
  static const ScramVerifier verifier = make_scram_verifier("secret", "0123456789abcdef");
  return verifier;
}

std::string_view take_line(std::string_view& in) {
  const auto end = in.find('\n');
  const std::string_view line = in.substr(0, end);
  in.remove_prefix(end == std::string_view::npos ? in.size() : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr const char* names[] = {"PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"};
  const bool bound = (data[0] & 4) != 0;
  const auto exchange = make_server_exchange(
      names[data[0] & 3], {.nonce = "rOprNGfwEbeRWgbNEkqO", .channel_binding = bound ? "binding" : "", .plus_offered = bound});
  if (!exchange) return 0;
  std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (int step = 0; step < 8; ++step) {
    const std::string_view line = take_line(in);
    auto answer = exchange->respond(step == 0 && line == "-" ? std::nullopt : std::optional<std::string>(line));
    if (std::holds_alternative<NeedVerifier>(answer)) answer = exchange->verifier(verifier_of_secret());
    // Nobody guesses an HMAC; every other question ends the exchange or asks for more.
    CHECK(!std::holds_alternative<Proven>(answer));
    if (!std::holds_alternative<Challenge>(answer)) return 0;
  }
  CHECK(false && "an exchange without end");
  return 0;
}
