#include "wire/pop3/command.h"

#include <algorithm>

#include "base/encode.h"
#include "base/text.h"

namespace courier::pop3 {

namespace {

using Parsed = Result<Command, CommandError>;

std::unexpected<CommandError> expected(const char* what) { return fail(CommandError{false, what}); }

// What follows a command's keyword, word by word.
struct Arguments {
  std::string_view rest;
  // Without spaces in front; empty when there is none.
  std::string_view word() {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const std::string_view out = rest.substr(0, rest.find(' '));
    rest.remove_prefix(out.size());
    return out;
  }
  [[nodiscard]] bool at_end() const { return rest.find_first_not_of(' ') == std::string_view::npos; }
};

template <class T>
Parsed alone(Arguments arguments) {
  if (!arguments.at_end()) return expected("no argument");
  return T{};
}

// msg (RFC 1939, section 5)
std::optional<std::uint32_t> message_number(std::string_view word) {
  const auto number = to_u32(word);
  return number && *number > 0 ? number : std::nullopt;
}

template <class T>
Parsed one_message(Arguments arguments) {
  const auto message = message_number(arguments.word());
  if (!message || !arguments.at_end()) return expected("a message number");
  return T{*message};
}

template <class T>
Parsed maybe_message(Arguments arguments) {
  if (arguments.at_end()) return T{};
  const auto message = message_number(arguments.word());
  if (!message || !arguments.at_end()) return expected("a message number");
  return T{message};
}

Parsed top(Arguments arguments) {
  const auto message = message_number(arguments.word());
  const auto lines = to_u32(arguments.word());
  if (!message || !lines || !arguments.at_end()) return expected("a message number and a number of lines");
  return Top{*message, *lines};
}

Parsed user(Arguments arguments) {
  // One space belongs to the keyword; names may have spaces inside, but none around.
  const std::string_view name = trim(arguments.rest);
  if (name.empty()) return expected("a name");
  return User{std::string(name)};
}

Parsed pass(Arguments arguments) {
  if (arguments.rest.size() < 2) return expected("a password");
  return Pass{std::string(arguments.rest.substr(1))};
}

// "AUTH" SP mechanism [SP initial-response] (RFC 5034, section 4)
Parsed auth(Arguments arguments) {
  Auth out{to_upper(arguments.word()), std::nullopt};
  const auto mechanism_char = [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_'; };
  if (out.mechanism.size() > 20 || !std::all_of(out.mechanism.begin(), out.mechanism.end(), mechanism_char)) return expected("a mechanism");
  if (arguments.at_end()) return out;
  const std::string_view initial = arguments.word();
  out.initial = initial == "=" ? std::string{} : base64_decode(initial);
  if (!out.initial || !arguments.at_end()) return expected("base64");
  return out;
}

struct Keyword {
  std::string_view name;
  Parsed (*parse)(Arguments);
};
constexpr Keyword keywords[] = {
    {"USER", user},
    {"PASS", pass},
    {"AUTH", auth},
    {"STLS", alone<Stls>},
    {"CAPA", alone<Capa>},
    {"QUIT", alone<Quit>},
    {"NOOP", alone<Noop>},
    {"STAT", alone<Stat>},
    {"LIST", maybe_message<List>},
    {"UIDL", maybe_message<Uidl>},
    {"RETR", one_message<Retr>},
    {"DELE", one_message<Dele>},
    {"TOP", top},
    {"RSET", alone<Rset>},
};

struct Writer {
  std::string operator()(const User& c) const { return "USER " + c.name; }
  std::string operator()(const Pass& c) const { return "PASS " + c.password; }
  std::string operator()(const Auth& c) const {
    std::string out = "AUTH";
    if (!c.mechanism.empty()) out += ' ' + c.mechanism;
    if (c.initial) out += ' ' + (c.initial->empty() ? "=" : base64_encode(*c.initial));
    return out;
  }
  std::string operator()(const Stls&) const { return "STLS"; }
  std::string operator()(const Capa&) const { return "CAPA"; }
  std::string operator()(const Quit&) const { return "QUIT"; }
  std::string operator()(const Noop&) const { return "NOOP"; }
  std::string operator()(const Stat&) const { return "STAT"; }
  std::string operator()(const List& c) const { return c.message ? "LIST " + std::to_string(*c.message) : "LIST"; }
  std::string operator()(const Uidl& c) const { return c.message ? "UIDL " + std::to_string(*c.message) : "UIDL"; }
  std::string operator()(const Retr& c) const { return "RETR " + std::to_string(c.message); }
  std::string operator()(const Dele& c) const { return "DELE " + std::to_string(c.message); }
  std::string operator()(const Top& c) const { return "TOP " + std::to_string(c.message) + ' ' + std::to_string(c.lines); }
  std::string operator()(const Rset&) const { return "RSET"; }
};

}  // namespace

Parsed parse_command(std::string_view line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view name = line.substr(0, space);
  for (const auto& [keyword, parse] : keywords) {
    if (iequals(keyword, name)) return parse({line.substr(space)});
  }
  return fail(CommandError{true, ""});
}

std::string write(const Command& command) { return std::visit(Writer{}, command); }

}  // namespace courier::pop3
