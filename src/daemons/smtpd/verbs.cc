#include "daemons/smtpd/verbs.h"

#include "base/text.h"

namespace courier::smtpd {

namespace {

constexpr Verb verbs[] = {
    {"MAIL", in_greeted, true, mail, nullptr},  {"RCPT", in_mailing, true, nullptr, rcpt},
    {"DATA", in_mailing, true, nullptr, data},  {"BDAT", in_any, true, nullptr, bdat},  // its bytes must be read in any state
    {"EHLO", in_any, false, ehlo, nullptr},     {"HELO", in_any, false, helo, nullptr},
    {"QUIT", in_any, true, quit, nullptr},      {"RSET", in_any, false, rset, nullptr},
    {"NOOP", in_any, false, noop, nullptr},     {"STARTTLS", in_greeted, false, starttls, nullptr},
    {"AUTH", in_greeted, false, nullptr, auth}, {"VRFY", in_any, false, vrfy, nullptr},
    {"HELP", in_any, false, help, nullptr},
};

}  // namespace

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : verbs) {
    if (iequals(verb.name, name)) return &verb;
  }
  return nullptr;
}

std::optional<Reply> wrong_moment(const Verb& verb, const Session& session) {
  const States now = static_cast<States>(1u << session.state.index());
  if ((verb.states & now) != 0) return std::nullopt;
  if (now == in_connected) return bad_sequence("Polite people say HELO first");
  if (now == in_chunking) return bad_sequence("A message is coming in with BDAT: finish it or send RSET");
  if (now == in_mailing) return bad_sequence("Not within a transaction");
  return bad_sequence("MAIL first");
}

}  // namespace courier::smtpd
