// Commands (RFC 5321, section 4.1, with the extensions of section 8 of the manual): the verb at the front of a line, one
// parser and one writer a verb. A parser gets what follows the verb and one space, without CRLF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/address/mailbox.h"

namespace courier::smtp {

struct CommandError {
  enum class Kind {
    Syntax,            // 501
    BadParameter,      // 501: a known parameter with a wrong value, or given twice
    UnknownParameter,  // 555
    NeedsSmtputf8,     // 553 5.6.7: a UTF-8 address without SMTPUTF8 (RFC 6531, section 3.5)
  };
  Kind kind = Kind::Syntax;
  std::string what;    // "expected domain", "parameter SIZE": safe to show to the peer
};
template <class T>
using CommandResult = Result<T, CommandError>;

// A line split behind its verb. The verb is as the client wrote it; trailing spaces are gone.
struct CommandLine {
  std::string_view verb, arguments;
};
[[nodiscard]] CommandLine split_command(std::string_view line);

// EHLO and HELO: the name, 1..255 printing ASCII characters without a space. More lenient than RFC 5321: clients send
// whatever their host is called.
[[nodiscard]] CommandResult<std::string> parse_hello(std::string_view arguments);

enum class BodyType : std::uint8_t { None, SevenBit, EightBitMime };  // RFC 6152
enum class Return : std::uint8_t { Default, Full, Headers };          // RFC 3461, section 4.3

struct MailCommand {
  std::optional<address::Mailbox> from;    // none: the null reverse-path
  std::optional<std::uint64_t> size;       // RFC 1870
  BodyType body = BodyType::None;
  bool smtputf8 = false;                   // RFC 6531
  Return ret = Return::Default;
  std::optional<std::string> envelope_id;  // ENVID, decoded (RFC 3461, section 4.4)
  std::optional<std::string> auth;         // AUTH, decoded: "<>" or a mailbox (RFC 4954, section 5)
  bool operator==(const MailCommand&) const = default;
};
// `arguments`: "FROM:<ann@example.org> SIZE=1000".
[[nodiscard]] CommandResult<MailCommand> parse_mail(std::string_view arguments, const address::Limits& limits = {});
// "MAIL FROM:<...> ...", without CRLF: whatever is set. Set only what the server offers.
[[nodiscard]] std::string write(const MailCommand& command);

// NOTIFY (RFC 3461, section 4.1): a set of bits; the same numbers as contracts/submit.h.
enum Notify : std::uint8_t { NotifyDefault = 0, NotifyNever = 1, NotifySuccess = 2, NotifyFailure = 4, NotifyDelay = 8 };

struct RcptCommand {
  address::Mailbox to;
  std::uint8_t notify = NotifyDefault;
  std::string original;  // ORCPT, decoded: "rfc822;ann@example.org"; empty: none
  bool operator==(const RcptCommand&) const = default;
};
// `arguments`: "TO:<ann@example.org> NOTIFY=NEVER". `utf8`: the transaction has SMTPUTF8.
[[nodiscard]] CommandResult<RcptCommand> parse_rcpt(std::string_view arguments, address::Utf8 utf8, const address::Limits& limits = {});
[[nodiscard]] std::string write(const RcptCommand& command);

struct BdatCommand {  // RFC 3030, section 2
  std::uint64_t size = 0;
  bool last = false;
  bool operator==(const BdatCommand&) const = default;
};
[[nodiscard]] CommandResult<BdatCommand> parse_bdat(std::string_view arguments);
[[nodiscard]] std::string write(const BdatCommand& command);

struct AuthCommand {  // RFC 4954, section 4
  std::string mechanism;               // upper case
  std::optional<std::string> initial;  // decoded; "=" is the empty one
  bool operator==(const AuthCommand&) const = default;
};
[[nodiscard]] CommandResult<AuthCommand> parse_auth(std::string_view arguments);
[[nodiscard]] std::string write(const AuthCommand& command);

}  // namespace courier::smtp
