#include "wire/smtp/command.h"

#include <algorithm>

#include "base/encode.h"
#include "base/text.h"
#include "wire/smtp/parameters.h"

namespace courier::smtp {

namespace {

std::unexpected<CommandError> syntax(std::string what) { return fail(CommandError{CommandError::Kind::Syntax, std::move(what)}); }

}  // namespace

CommandLine split_command(std::string_view line) {
  while (line.ends_with(' ')) line.remove_suffix(1);
  const std::size_t space = std::min(line.find(' '), line.size());
  CommandLine out{line.substr(0, space), line.substr(space)};
  while (out.arguments.starts_with(' ')) out.arguments.remove_prefix(1);
  return out;
}

CommandResult<std::string> parse_hello(std::string_view arguments) {
  const auto printing = [](char c) { return c > 32 && c < 127; };
  if (arguments.empty() || arguments.size() > 255 || !std::all_of(arguments.begin(), arguments.end(), printing)) {
    return syntax("expected the name of your host");
  }
  return std::string(arguments);
}

// bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CRLF; end-marker = "LAST" (RFC 3030, section 2)
CommandResult<BdatCommand> parse_bdat(std::string_view arguments) {
  const std::size_t space = std::min(arguments.find(' '), arguments.size());
  const auto size = to_u64(arguments.substr(0, space));
  if (!size || space > 20) return syntax("expected a chunk size");
  const std::string_view marker = trim(arguments.substr(space));
  if (!marker.empty() && !iequals(marker, "LAST")) return syntax("expected LAST");
  return BdatCommand{*size, !marker.empty()};
}

std::string write(const BdatCommand& command) { return "BDAT " + std::to_string(command.size) + (command.last ? " LAST" : ""); }

// "AUTH" SP mechanism [SP initial-response]; initial-response = base64 / "=" (RFC 4954, section 8)
CommandResult<AuthCommand> parse_auth(std::string_view arguments) {
  const std::size_t space = std::min(arguments.find(' '), arguments.size());
  AuthCommand out{to_upper(arguments.substr(0, space)), std::nullopt};
  if (!is_mechanism(out.mechanism)) return syntax("expected a mechanism");
  const std::string_view initial = arguments.substr(std::min(space + 1, arguments.size()));
  if (space == arguments.size()) return out;
  out.initial = initial == "=" ? std::string{} : base64_decode(initial);
  if (!out.initial || initial.empty()) return syntax("expected base64");
  return out;
}

std::string write(const AuthCommand& command) {
  std::string out = "AUTH " + command.mechanism;
  if (command.initial) out += ' ' + (command.initial->empty() ? "=" : base64_encode(*command.initial));
  return out;
}

}  // namespace courier::smtp
