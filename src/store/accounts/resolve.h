// What an address means: aliases, accounts, extensions and catch-alls of a source, in this order for a hosted domain:
//   1. an alias of exactly that address       4. postmaster (any case) of every domain: Naming::postmaster
//   2. an account of exactly that address     5. the domain's catch-all "@domain"
//   3. the same without its extension
// In any other domain only an alias of exactly that address counts.
//
// A member "@example.org" of a catch-all keeps the local part: ann@old.example becomes ann@example.org.
// An alias that names itself keeps its account: "ann: ann, bob". An alias without members swallows its mail.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/accounts/source.h"

namespace courier::accounts {

struct Naming {
  std::string default_domain;        // of addresses and logins without one
  std::string extension_separators;  // "+": ann+lists@ is ann@
  bool fold_local_parts = false;     // ANN@ is ann@
  std::string host_name;             // its postmaster is ours (RFC 5321, section 4.5.1), whatever domains are served
  std::string postmaster;            // where mail for a postmaster that nobody made goes; empty: unknown user
};

// The domain in lower case, the default domain added, the local part folded if so set, quotes gone where not needed.
// Empty: not an address (an empty local part or domain, a control character).
[[nodiscard]] std::string canonical_address(std::string_view address, const Naming& naming);

enum class Meaning : std::uint8_t { Targets, Unknown, Relayed, Foreign };

struct Target {
  std::string address;         // an account's or a remote one's
  bool local = false;          // an account of ours
  Account account;             // then: the account itself
  std::string failure;         // not empty: mail to `address` cannot be delivered, in these words
};

struct Resolution {
  Meaning meaning = Meaning::Unknown;
  std::vector<Target> targets;      // ordered by address, each once
  bool was_alias = false;           // several members, or another name than asked
  std::vector<std::string> steps;   // how it came about, for `explain`
};

enum class Steps : bool { No, Yes };

// The whole way through aliases of aliases. `address` is canonical. At most `most_aliases` aliases are opened.
[[nodiscard]] Answered<Resolution> resolve(AccountSource& source, const Naming& naming, const std::string& address, Steps steps = Steps::No,
                                           std::size_t most_aliases = 100'000);

}  // namespace courier::accounts
