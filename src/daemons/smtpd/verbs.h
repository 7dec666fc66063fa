// The verbs: which there are, when they are allowed, who answers them. Each has a file of its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemons/smtpd/replies.h"
#include "daemons/smtpd/session.h"

namespace courier::smtpd {

// What a verb that need not wait does, and one that must. `arguments` lie in the session's input: they are good until it
// is read on.
using Now = Reply (*)(Session& session, std::string_view arguments);
using Later = Task<Reply> (*)(Session& session, std::string_view arguments);

// A set of states, by their place in the variant.
using States = std::uint8_t;
inline constexpr States in_connected = 1, in_greeted = 2, in_mailing = 4, in_chunking = 8, in_any = 15;

struct Verb {
  std::string_view name;
  States states;
  bool carries_message;  // else it counts towards max_commands
  bool reads_on;         // what it reads takes the place of its line, of which the log then shows the name only
  Now now;
  Later later;           // one of the two
};

[[nodiscard]] const Verb* find_verb(std::string_view name);
// The reply when the verb's state is not the session's.
[[nodiscard]] std::optional<Reply> wrong_moment(const Verb& verb, const Session& session);

[[nodiscard]] Reply ehlo(Session& session, std::string_view arguments);
[[nodiscard]] Reply helo(Session& session, std::string_view arguments);
[[nodiscard]] Reply mail(Session& session, std::string_view arguments);
[[nodiscard]] Task<Reply> rcpt(Session& session, std::string_view arguments);
[[nodiscard]] Task<Reply> data(Session& session, std::string_view arguments);
[[nodiscard]] Task<Reply> bdat(Session& session, std::string_view arguments);
[[nodiscard]] Reply rset(Session& session, std::string_view arguments);
[[nodiscard]] Reply noop(Session& session, std::string_view arguments);
[[nodiscard]] Reply vrfy(Session& session, std::string_view arguments);
[[nodiscard]] Reply help(Session& session, std::string_view arguments);
[[nodiscard]] Reply quit(Session& session, std::string_view arguments);
[[nodiscard]] Task<Reply> auth(Session& session, std::string_view arguments);
[[nodiscard]] Reply starttls(Session& session, std::string_view arguments);

}  // namespace courier::smtpd
