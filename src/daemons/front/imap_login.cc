#include "daemons/front/imap_login.h"

#include "base/text.h"
#include "wire/imap/reader.h"

namespace courier::front {

namespace {

constexpr imap::Limits limits{.command = 8192};
constexpr int most_errors = 10;

}  // namespace

std::string ImapLogin::farewell(std::string_view why) const { return "* BYE " + std::string(why) + "\r\n"; }

std::string ImapLogin::greeting() const {
  return "* OK [CAPABILITY " + capabilities() + "] " + environment_.host_name + " Courier-IMAP ready\r\n";
}

std::string ImapLogin::capabilities() const {
  std::string all = "IMAP4rev1 LITERAL+ SASL-IR ID";
  if (can_start_tls()) all += " STARTTLS";
  if (!offers("PLAIN")) all += " LOGINDISABLED";
  for (const std::string& mechanism : mechanisms()) all += " AUTH=" + mechanism;
  return all;
}

Task<> ImapLogin::converse() {
  imap::CommandReader reader(limits);
  while (!finished()) {
    std::string_view rest = input_;
    const auto step = reader.feed(rest);
    input_.erase(0, input_.size() - rest.size());
    switch (step) {
      case imap::CommandReader::Step::NeedMore:
        input_ = {};
        if (!co_await more()) co_return;
        break;
      case imap::CommandReader::Step::Continue:
        if (!co_await say("+ Ready\r\n")) co_return;
        break;
      case imap::CommandReader::Step::Append:
        // The message that follows is not wanted, and cannot be told from commands.
        (void)co_await say("* BYE Sign in first\r\n");
        finish("APPEND before sign-in");
        co_return;
      case imap::CommandReader::Step::TooLong:
        reader.reset();
        co_await protocol_error("* BAD Command too long\r\n");
        break;
      case imap::CommandReader::Step::Complete: {
        std::string text = reader.text();
        reader.reset();
        co_await execute(std::move(text));
        break;
      }
    }
  }
}

Task<> ImapLogin::protocol_error(std::string text) {
  if (!co_await say(std::move(text))) co_return;
  if (++errors_ < most_errors) co_return;
  (void)co_await say("* BYE [ALERT] Fatal error: TOO MANY CONSECUTIVE PROTOCOL VIOLATIONS\r\n");
  finish("too many protocol violations");
}

Task<> ImapLogin::execute(std::string text) {
  auto command = imap::parse_command(text, limits);
  if (!command) {
    const std::string tag = command.error().tag.empty() ? "*" : command.error().tag;
    const std::string what = command.error().unknown ? "Unknown command" : std::string("Expected ") + command.error().syntax.expected;
    co_await protocol_error(tag + " BAD " + what + "\r\n");
    co_return;
  }
  const std::string tag = command->tag;
  if (command->verb != imap::Verb::Login && command->verb != imap::Verb::Authenticate && command->verb > imap::Verb::StartTls) {
    co_await protocol_error(tag + " BAD Sign in first\r\n");
    co_return;
  }
  errors_ = 0;
  switch (command->verb) {
    case imap::Verb::Capability:
      (void)co_await say("* CAPABILITY " + capabilities() + "\r\n" + tag + " OK CAPABILITY completed\r\n");
      break;
    case imap::Verb::Noop: (void)co_await say(tag + " OK NOOP completed\r\n"); break;
    case imap::Verb::Id: (void)co_await say("* ID (\"name\" \"Courier\")\r\n" + tag + " OK ID completed\r\n"); break;
    case imap::Verb::Logout:
      (void)co_await say("* BYE Courier-IMAP server signing off\r\n" + tag + " OK LOGOUT completed\r\n");
      finish("logout");
      break;
    case imap::Verb::StartTls: co_await start_tls_command(tag); break;
    case imap::Verb::Login: co_await login(tag, std::get<imap::LoginArguments>(std::move(command->arguments))); break;
    default: co_await authenticate(tag, std::get<imap::AuthenticateArguments>(std::move(command->arguments))); break;
  }
}

Task<> ImapLogin::start_tls_command(std::string tag) {
  if (!can_start_tls()) {
    (void)co_await say(tag + (tls() ? " BAD TLS is active already\r\n" : " NO TLS is not available\r\n"));
    co_return;
  }
  if (co_await say(tag + " OK Begin TLS negotiation now\r\n")) (void)co_await start_tls();
}

Task<> ImapLogin::login(std::string tag, imap::LoginArguments arguments) {
  if (!offers("PLAIN")) {
    (void)co_await say(tag +
                       (can_start_tls() ? " NO [PRIVACYREQUIRED] STARTTLS required\r\n" : " NO [PRIVACYREQUIRED] LOGIN is disabled\r\n"));
    co_return;
  }
  auto result = co_await sign_in_plain(std::move(arguments.user), std::move(arguments.password), tag);
  // An empty user name or password is just a wrong one.
  if (result.course == Course::Malformed) result.course = Course::Denied;
  co_await conclude(std::move(tag), std::move(result));
}

Task<> ImapLogin::authenticate(std::string tag, imap::AuthenticateArguments arguments) {
  if (!offers(arguments.mechanism)) {
    const bool tls_helps = can_start_tls() && mechanisms().empty();
    (void)co_await say(tag + (tls_helps ? " NO [PRIVACYREQUIRED] STARTTLS required\r\n" : " NO Mechanism not offered\r\n"));
    co_return;
  }
  auto result = co_await sign_in(arguments.mechanism, arguments.initial.has_value(), arguments.initial.value_or(""), tag);
  co_await conclude(std::move(tag), std::move(result));
}

Task<> ImapLogin::conclude(std::string tag, SignIn result) {
  switch (result.course) {
    case Course::Success:
    case Course::Gone: co_return;
    case Course::Cancelled: (void)co_await say(tag + " BAD Authentication aborted.\r\n"); co_return;
    case Course::Malformed: co_await protocol_error(tag + " BAD Authentication message malformed\r\n"); co_return;
    case Course::Refused: (void)co_await say(tag + " NO [AUTHORIZATIONFAILED] " + result.reason + "\r\n"); co_return;
    case Course::Trouble:
      (void)co_await say("* BYE [UNAVAILABLE] Temporary problem, please try again later\r\n");
      finish("temporary problem");
      co_return;
    case Course::Denied: break;
  }
  if (!co_await say(tag + " NO [AUTHENTICATIONFAILED] Login failed.\r\n")) co_return;
  if (!too_many_failures()) co_return;
  (void)co_await say("* BYE Too many failed logins\r\n");
  finish("too many failed logins");
}

}  // namespace courier::front
