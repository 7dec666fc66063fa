#include "daemons/smtpd/verbs.h"

#include "base/text.h"

namespace courier::smtpd {

namespace {

constexpr Verb verbs[] = {
    {"MAIL", in_greeted, true, false, mail, nullptr}, {"RCPT", in_mailing, true, false, nullptr, rcpt},
    {"DATA", in_mailing, true, true, nullptr, data},  {"BDAT", in_any, true, true, nullptr, bdat},  // its bytes must be read in any state
    {"EHLO", in_any, false, false, ehlo, nullptr},    {"HELO", in_any, false, false, helo, nullptr},
    {"QUIT", in_any, true, false, quit, nullptr},     {"RSET", in_any, false, false, rset, nullptr},
    {"NOOP", in_any, false, false, noop, nullptr},    {"STARTTLS", in_greeted, false, false, starttls, nullptr},
    {"AUTH", in_greeted, false, true, nullptr, auth}, {"VRFY", in_any, false, false, vrfy, nullptr},
    {"HELP", in_any, false, false, help, nullptr},
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
