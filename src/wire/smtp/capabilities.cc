#include "wire/smtp/capabilities.h"

#include <algorithm>

#include "base/text.h"
#include "wire/smtp/parameters.h"

namespace courier::smtp {

namespace {

struct Keyword {
  std::string_view name;
  bool Capabilities::* field;
};
constexpr Keyword keywords[] = {
    {"PIPELINING", &Capabilities::pipelining},
    {"8BITMIME", &Capabilities::eight_bit_mime},
    {"SMTPUTF8", &Capabilities::smtputf8},
    {"CHUNKING", &Capabilities::chunking},
    {"DSN", &Capabilities::dsn},
    {"ENHANCEDSTATUSCODES", &Capabilities::enhanced_status_codes},
    {"STARTTLS", &Capabilities::starttls},
    {"HELP", &Capabilities::help},
};

constexpr std::size_t most_mechanisms = 50;  // of one server; no more are read

void add_mechanisms(std::string_view list, std::vector<std::string>& auth) {
  for (const std::string_view word : split(list, ' ')) {
    if (auth.size() == most_mechanisms) return;
    if (!is_mechanism(word)) continue;
    std::string name = to_upper(word);
    if (std::find(auth.begin(), auth.end(), name) == auth.end()) auth.push_back(std::move(name));
  }
}

// ehlo-line = ehlo-keyword *( SP ehlo-param ) (RFC 5321, section 4.1.1.1)
void take_line(std::string_view line, Capabilities& out) {
  line = trim(line);
  const std::size_t end = std::min(line.find_first_of(" ="), line.size());
  const std::string_view keyword = line.substr(0, end);
  const std::string_view parameters = end < line.size() ? line.substr(end + 1) : std::string_view{};
  if (iequals(keyword, "AUTH")) return add_mechanisms(parameters, out.auth);
  if (iequals(keyword, "SIZE")) {
    out.size = to_u64(parameters).value_or(0);
    return;
  }
  for (const auto& [name, field] : keywords) {
    if (iequals(keyword, name)) out.*field = true;
  }
}

}  // namespace

bool Capabilities::offers_auth(std::string_view mechanism) const {
  return std::any_of(auth.begin(), auth.end(), [&](const std::string& name) { return iequals(name, mechanism); });
}

Capabilities parse_capabilities(std::string_view reply_text) {
  Capabilities out;
  const std::vector<std::string_view> lines = split(reply_text, '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) take_line(lines[i], out);
  return out;
}

std::string write(const Capabilities& capabilities) {
  std::string out;
  out.reserve(256);
  if (capabilities.size) (out += "\nSIZE ") += std::to_string(*capabilities.size);
  for (const auto& [name, field] : keywords) {
    if (capabilities.*field) (out += '\n') += name;
  }
  if (!capabilities.auth.empty()) (out += "\nAUTH ") += join(capabilities.auth, " ");
  return out;
}

}  // namespace courier::smtp
