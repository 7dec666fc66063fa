// AccountSource: what a place that accounts come from must be able to answer. The embedded database is one; LDAP, SQL and
// PAM are others. All calls block; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace courier::accounts {

enum class DomainKind : std::uint8_t {
  Hosted,   // its addresses are accounts and aliases of ours
  Relayed,  // accepted here and passed on
};

struct Domain {
  std::string name;  // lower case
  DomainKind kind = DomainKind::Hosted;
  bool operator==(const Domain&) const = default;
};

struct Account {
  std::string address;             // canonical
  std::string password;            // as password.h writes or accepts; empty: no password signs in
  std::string scram;               // sasl::write_verifier(); empty: SCRAM cannot serve this account
  std::uint32_t uid = 0, gid = 0;  // both 0: the virtual-mail user
  std::string home;                // absolute; empty: <mail_dir>/<domain>/<localpart>
  std::string maildir;             // absolute or below home; empty: "Maildir"
  std::uint64_t quota_bytes = 0, quota_messages = 0;  // 0: no limit
  std::string options;             // "disableimap=1,group=staff": see option()
  std::string name;                // the person's
  bool enabled = true;             // false: mail is refused and nobody signs in
  bool operator==(const Account&) const = default;
};

// Where its mail lies, both absolute.
struct Place {
  std::string home, maildir;
};
[[nodiscard]] Place place_of(const Account& account, std::string_view mail_dir);

// The value of an option, first match; nothing: not set. A bare name has the empty value.
[[nodiscard]] std::optional<std::string_view> option(std::string_view options, std::string_view name);
// As a number: leading digits; a text that begins with t or y counts as 1, any other as 0.
[[nodiscard]] bool option_is_on(std::string_view options, std::string_view name);
// `own` with each of `defaults` that it has no option of the same name for.
[[nodiscard]] std::string merge_options(std::string_view own, std::string_view defaults);

// The source does not answer now; the text is for the log.
struct Unavailable {
  std::string text;
};
template <class T>
using Answered = Result<T, Unavailable>;

class AccountSource {
 public:
  virtual ~AccountSource() = default;
  // Addresses and names are canonical (resolve.h).
  [[nodiscard]] virtual Answered<std::optional<Account>> find_account(std::string_view address) = 0;
  // Members in their order; nothing: no such alias. "@example.org" is the catch-all of a domain.
  [[nodiscard]] virtual Answered<std::optional<std::vector<std::string>>> find_alias(std::string_view address) = 0;
  [[nodiscard]] virtual Answered<std::optional<DomainKind>> find_domain(std::string_view name) = 0;
  // Aliases, catch-alls included, that list this address themselves: what its owner may send as. At most 1000.
  [[nodiscard]] virtual Answered<std::vector<std::string>> find_aliases_of(std::string_view address) = 0;
  // Every account that can sign in has a SCRAM verifier, and there is at least one.
  [[nodiscard]] virtual Answered<bool> scram_serves_all() = 0;
};

}  // namespace courier::accounts
