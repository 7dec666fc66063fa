#include "daemons/front/pop3_login.h"

#include "wire/pop3/line_reader.h"
#include "wire/pop3/reply.h"

namespace courier::front {

namespace {
constexpr int most_errors = 10;
}

std::string Pop3Login::farewell(std::string_view why) const { return pop3::err(why, "SYS/TEMP"); }

std::string Pop3Login::greeting() const { return pop3::ok("Hello there."); }

Task<> Pop3Login::converse() {
  pop3::LineReader reader;
  // AUTH may bring an initial response.
  reader.set_limit(12'288);
  while (!finished()) {
    std::string_view rest = input_;
    const auto outcome = reader.feed(rest);
    input_.erase(0, input_.size() - rest.size());
    switch (outcome) {
      case pop3::LineReader::Outcome::NeedMore:
        input_ = {};
        if (!co_await more()) co_return;
        break;
      case pop3::LineReader::Outcome::TooLong: co_await protocol_error("Line too long."); break;
      case pop3::LineReader::Outcome::Malformed: co_await protocol_error("Invalid command."); break;
      case pop3::LineReader::Outcome::Line: co_await execute(reader.line()); break;
    }
  }
}

Task<> Pop3Login::protocol_error(std::string_view text) {
  if (!co_await say(pop3::err(text))) co_return;
  if (++errors_ < most_errors) co_return;
  (void)co_await say(pop3::err("Too many errors."));
  finish("too many errors");
}

Task<> Pop3Login::execute(std::string line) {
  auto command = pop3::parse_command(line);
  if (!command) {
    co_await protocol_error(command.error().unknown ? std::string("Invalid command.")
                                                    : std::string("Expected ") + command.error().expected);
    co_return;
  }
  if (auto* name = std::get_if<pop3::User>(&*command)) {
    co_await user(std::move(*name));
  } else if (auto* password = std::get_if<pop3::Pass>(&*command)) {
    co_await pass(std::move(*password));
  } else if (auto* sasl = std::get_if<pop3::Auth>(&*command)) {
    co_await authenticate(std::move(*sasl));
  } else if (std::holds_alternative<pop3::Stls>(*command)) {
    co_await start_tls_command();
  } else if (std::holds_alternative<pop3::Capa>(*command)) {
    (void)co_await say(pop3::capa_reply({can_start_tls(), offers("PLAIN"), mechanisms()}));
  } else if (std::holds_alternative<pop3::Noop>(*command)) {
    (void)co_await say(pop3::ok("Yup."));
  } else if (std::holds_alternative<pop3::Quit>(*command)) {
    (void)co_await say(pop3::ok("Better luck next time."));
    finish("quit");
  } else {
    co_await protocol_error("Invalid command.");
    co_return;
  }
  errors_ = 0;
}

Task<> Pop3Login::user(pop3::User command) {
  if (!offers("PLAIN")) {
    (void)co_await say(pop3::err("TLS required to log in."));
    co_return;
  }
  user_ = std::move(command.name);
  (void)co_await say(pop3::ok("Password required."));
}

Task<> Pop3Login::pass(pop3::Pass command) {
  if (user_.empty()) {
    (void)co_await say(pop3::err("USER first."));
    co_return;
  }
  auto result = co_await sign_in_plain(std::exchange(user_, {}), std::move(command.password), {});
  if (result.course == Course::Malformed) result.course = Course::Denied;
  co_await conclude(std::move(result), "Login failed.");
}

Task<> Pop3Login::authenticate(pop3::Auth command) {
  if (command.mechanism.empty()) {
    std::string list = pop3::ok("Mechanisms follow");
    for (const std::string& mechanism : mechanisms()) list += mechanism + "\r\n";
    (void)co_await say(list + ".\r\n");
    co_return;
  }
  if (!offers(command.mechanism)) {
    const bool tls_helps = can_start_tls() && mechanisms().empty();
    (void)co_await say(pop3::err(tls_helps ? "TLS required to log in." : "Mechanism not offered."));
    co_return;
  }
  auto result = co_await sign_in(command.mechanism, command.initial.has_value(), command.initial.value_or(""), {});
  co_await conclude(std::move(result), "Authentication failed.");
}

Task<> Pop3Login::start_tls_command() {
  if (!can_start_tls()) {
    (void)co_await say(pop3::err(tls() ? "TLS is active already." : "TLS is not available."));
    co_return;
  }
  user_ = {};
  if (co_await say(pop3::ok("Begin TLS negotiation now."))) (void)co_await start_tls();
}

Task<> Pop3Login::conclude(SignIn result, std::string denied) {
  switch (result.course) {
    case Course::Success:
    case Course::Gone: co_return;
    case Course::Cancelled: (void)co_await say(pop3::err("Authentication aborted.")); co_return;
    case Course::Malformed: (void)co_await say(pop3::err("Authentication message malformed.")); co_return;
    case Course::Refused: (void)co_await say(pop3::err(result.reason, "AUTH")); co_return;
    case Course::Trouble:
      (void)co_await say(pop3::err("Temporary problem, please try again later", "SYS/TEMP"));
      finish("temporary problem");
      co_return;
    case Course::Denied: break;
  }
  if (!co_await say(pop3::err(denied, "AUTH"))) co_return;
  if (too_many_failures()) finish("too many failed logins");
}

}  // namespace courier::front
