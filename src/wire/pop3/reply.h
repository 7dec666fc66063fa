// What a POP3 server says. Response codes: RFC 2449, section 8, and RFC 3206.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace courier::pop3 {

// "+OK text\r\n", "-ERR text\r\n", "-ERR [SYS/TEMP] text\r\n".
[[nodiscard]] std::string ok(std::string_view text);
[[nodiscard]] std::string err(std::string_view text, std::string_view code = {});

// What CAPA tells (RFC 2449): the same before and after sign-in, except for what only makes sense before.
struct Capabilities {
  bool stls = false;
  bool user = false;              // USER and PASS are taken here
  std::vector<std::string> sasl;  // mechanisms
};
// The whole answer, with its final dot.
[[nodiscard]] std::string capa_reply(const Capabilities& capabilities);

}  // namespace courier::pop3
