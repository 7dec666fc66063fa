// RCPT (RFC 5321, section 4.1.1.3) and its parameters.
#include "base/text.h"
#include "wire/smtp/parameters.h"
#include "wire/smtp/xtext.h"

namespace courier::smtp {

namespace {

struct Word {
  std::string_view text;
  Notify bit;
};
constexpr Word notify_words[] = {{"SUCCESS", NotifySuccess}, {"FAILURE", NotifyFailure}, {"DELAY", NotifyDelay}};

// notify-esmtp-value = "NEVER" / 1#notify-list-element (RFC 3461, section 4.1)
bool take_notify(RcptCommand& out, const Parameter& parameter) {
  if (out.notify != NotifyDefault) return false;
  if (iequals(parameter.value, "NEVER")) {
    out.notify = NotifyNever;
    return true;
  }
  for (const std::string_view element : split(parameter.value, ',')) {
    std::uint8_t bit = 0;
    for (const auto& [text, value] : notify_words) {
      if (iequals(text, element)) bit = value;
    }
    if (bit == 0) return false;
    out.notify |= bit;
  }
  return true;
}

// orcpt-parameter = "ORCPT=" original-recipient-address, at most 500 characters (RFC 3461, section 4.2)
bool take_orcpt(RcptCommand& out, const Parameter& parameter) {
  if (!out.original.empty() || parameter.value.size() > 500) return false;
  auto decoded = original_recipient_decode(parameter.value);
  if (!decoded) return false;
  out.original = std::move(*decoded);
  return true;
}

}  // namespace

CommandResult<RcptCommand> parse_rcpt(std::string_view arguments, address::Utf8 utf8, const address::Limits& limits) {
  std::string_view rest = arguments;
  if (!take_preposition(rest, "TO:")) return expected("TO:");
  auto path = address::take_path(rest, address::Utf8::Yes, limits);
  if (!path) return expected(path.error().expected);
  if (!*path) return expected("a recipient");
  RcptCommand out;
  out.to = std::move(**path);
  if (utf8 == address::Utf8::No && !out.to.is_ascii()) {
    return fail(CommandError{CommandError::Kind::NeedsSmtputf8, "the address needs SMTPUTF8"});
  }
  for (;;) {
    const auto next = take_parameter(rest);
    if (!next) return fail(next.error());
    if (!*next) return out;
    const bool notify = iequals((*next)->keyword, "NOTIFY");
    if (!notify && !iequals((*next)->keyword, "ORCPT")) return unknown_parameter(**next);
    if (notify ? !take_notify(out, **next) : !take_orcpt(out, **next)) return bad_parameter(**next);
  }
}

std::string write(const RcptCommand& command) {
  std::string out = "RCPT TO:<" + write(command.to) + '>';
  if (command.notify == NotifyNever) out += " NOTIFY=NEVER";
  char separator = '=';
  if (command.notify > NotifyNever) out += " NOTIFY";
  for (const auto& [text, bit] : notify_words) {
    if ((command.notify & bit) == 0) continue;
    out += separator;
    out += text;
    separator = ',';
  }
  if (!command.original.empty()) out += " ORCPT=" + original_recipient_encode(command.original);
  return out;
}

}  // namespace courier::smtp
