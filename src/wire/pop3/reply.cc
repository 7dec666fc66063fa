#include "wire/pop3/reply.h"

#include "base/text.h"

namespace courier::pop3 {

std::string ok(std::string_view text) { return "+OK " + std::string(text) + "\r\n"; }

std::string err(std::string_view text, std::string_view code) {
  std::string out = "-ERR ";
  if (!code.empty()) ((out += '[') += code) += "] ";
  return (out += text) += "\r\n";
}

std::string capa_reply(const Capabilities& capabilities) {
  std::string out = "+OK Here's what I can do:\r\n";
  if (!capabilities.sasl.empty()) out += "SASL " + join(capabilities.sasl, " ") + "\r\n";
  if (capabilities.stls) out += "STLS\r\n";
  if (capabilities.user) out += "USER\r\n";
  out += "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\nIMPLEMENTATION Courier\r\n.\r\n";
  return out;
}

}  // namespace courier::pop3
