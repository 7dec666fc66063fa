// MAIL (RFC 5321, section 4.1.1.2) and its parameters.
#include <algorithm>

#include "base/text.h"
#include "wire/smtp/parameters.h"
#include "wire/smtp/xtext.h"

namespace courier::smtp {

namespace {

bool printing(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 32 && c < 127; });
}

// One parameter into the command; false: its value is wrong, or it is there already.
bool take_size(MailCommand& out, const Parameter& p) {
  // size-value = 1*20DIGIT (RFC 1870, section 4)
  if (out.size || p.value.size() > 20) return false;
  out.size = to_u64(p.value);
  return out.size.has_value();
}
bool take_body(MailCommand& out, const Parameter& p) {
  if (out.body != BodyType::None) return false;
  out.body = iequals(p.value, "7BIT") ? BodyType::SevenBit : iequals(p.value, "8BITMIME") ? BodyType::EightBitMime : BodyType::None;
  return out.body != BodyType::None;
}
bool take_smtputf8(MailCommand& out, const Parameter& p) {
  if (out.smtputf8 || p.has_value) return false;
  return out.smtputf8 = true;
}
bool take_ret(MailCommand& out, const Parameter& p) {
  if (out.ret != Return::Default) return false;
  out.ret = iequals(p.value, "FULL") ? Return::Full : iequals(p.value, "HDRS") ? Return::Headers : Return::Default;
  return out.ret != Return::Default;
}
bool take_envid(MailCommand& out, const Parameter& p) {
  // envid-parameter = "ENVID=" xtext, at most 100 characters, printing (RFC 3461, section 4.4)
  if (out.envelope_id || p.value.empty() || p.value.size() > 100) return false;
  out.envelope_id = xtext_decode(p.value);
  return out.envelope_id && printing(*out.envelope_id);
}
bool take_auth(MailCommand& out, const Parameter& p) {
  if (out.auth || p.value.empty()) return false;
  out.auth = xtext_decode(p.value);
  if (!out.auth) return false;
  return *out.auth == "<>" || address::parse_mailbox(*out.auth, address::Utf8::Yes).has_value();
}

struct Known {
  std::string_view keyword;
  bool (*take)(MailCommand&, const Parameter&);
};
constexpr Known known[] = {{"SIZE", take_size}, {"BODY", take_body},   {"SMTPUTF8", take_smtputf8},
                           {"RET", take_ret},   {"ENVID", take_envid}, {"AUTH", take_auth}};

}  // namespace

CommandResult<MailCommand> parse_mail(std::string_view arguments, const address::Limits& limits) {
  std::string_view rest = arguments;
  if (!take_preposition(rest, "FROM:")) return expected("FROM:");
  auto path = address::take_path(rest, address::Utf8::Yes, limits);
  if (!path) return expected(path.error().expected);
  MailCommand out;
  out.from = std::move(*path);
  for (;;) {
    const auto next = take_parameter(rest);
    if (!next) return fail(next.error());
    if (!*next) break;
    const auto* found =
        std::find_if(std::begin(known), std::end(known), [&](const Known& k) { return iequals(k.keyword, (*next)->keyword); });
    if (found == std::end(known)) return unknown_parameter(**next);
    if (!found->take(out, **next)) return bad_parameter(**next);
  }
  if (!out.smtputf8 && out.from && !out.from->is_ascii()) {
    return fail(CommandError{CommandError::Kind::NeedsSmtputf8, "the address needs SMTPUTF8"});
  }
  return out;
}

std::string write(const MailCommand& command) {
  std::string out = "MAIL FROM:<";
  if (command.from) out += write(*command.from);
  out += '>';
  if (command.size) out += " SIZE=" + std::to_string(*command.size);
  if (command.body != BodyType::None) out += command.body == BodyType::SevenBit ? " BODY=7BIT" : " BODY=8BITMIME";
  if (command.smtputf8) out += " SMTPUTF8";
  if (command.ret != Return::Default) out += command.ret == Return::Full ? " RET=FULL" : " RET=HDRS";
  if (command.envelope_id) out += " ENVID=" + xtext_encode(*command.envelope_id);
  if (command.auth) out += " AUTH=" + xtext_encode(*command.auth);
  return out;
}

}  // namespace courier::smtp
