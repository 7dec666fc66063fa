// What the verbs of admin.h share. For the .cc files of this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/accounts/admin.h"

namespace courier::accounts {

// Exit statuses of sysexits.h.
enum Status : std::int32_t { Ok = 0, Usage = 64, Data = 65, NoUser = 67, CannotCreate = 73, Temporary = 75 };

[[nodiscard]] control::Answer good(std::string json);
[[nodiscard]] control::Answer bad(Status status, std::string error);
[[nodiscard]] control::Answer bad(const Unavailable& error);
[[nodiscard]] control::Answer bad(const EditError& error);

struct Call {
  AccountDatabase& database;
  const Administration& how;
  const std::vector<std::string>& arguments;

  // That argument as a canonical address; empty: it is none.
  [[nodiscard]] std::string address(std::size_t index = 0) const { return canonical_address(arguments[index], how.naming); }
  // [DOMAIN] [after=X] [limit=N]; nothing: something else.
  [[nodiscard]] std::optional<Page> page() const;
};

// Sets one field of an account; the text says what is wrong with the value.
[[nodiscard]] std::string apply(Account& account, std::string_view key, const std::string& value, const Administration& how);

[[nodiscard]] control::Answer account_add(const Call& call);
[[nodiscard]] control::Answer account_set(const Call& call);
[[nodiscard]] control::Answer account_password(const Call& call);
[[nodiscard]] control::Answer account_quota(const Call& call);
[[nodiscard]] control::Answer account_enable(const Call& call);
[[nodiscard]] control::Answer account_disable(const Call& call);
[[nodiscard]] control::Answer account_show(const Call& call);
[[nodiscard]] control::Answer account_remove(const Call& call);
[[nodiscard]] control::Answer account_list(const Call& call);

}  // namespace courier::accounts
