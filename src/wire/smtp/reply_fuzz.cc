#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "wire/smtp/capabilities.h"
#include "wire/smtp/reply.h"

using namespace courier::smtp;

namespace {

struct Outcome {
  std::vector<Reply> replies;
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view wire, std::size_t step) {
  ReplyParser parser({.line = 200, .total = 1000});
  Outcome out;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    std::string_view piece = wire.substr(at, step);
    while (!piece.empty()) {
      auto reply = parser.feed(piece);
      if (!reply) {
        out.failed = true;
        return out;
      }
      if (*reply) out.replies.push_back(std::move(**reply));
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  const Outcome whole = parse(wire, size);
  CHECK(parse(wire, 1) == whole);
  CHECK(parse(wire, 7) == whole);
  for (const Reply& reply : whole.replies) {
    ReplyParser parser;
    const std::string written = write(reply);
    std::string_view rest = written;
    const auto back = parser.feed(rest);
    CHECK(back && *back == reply && rest.empty() && parser.at_start());
    const Capabilities capabilities = parse_capabilities(reply.text);
    CHECK(parse_capabilities("x" + write(capabilities)) == capabilities);
  }
  return 0;
}
