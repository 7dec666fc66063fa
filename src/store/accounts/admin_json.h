// Accounts, domains and aliases as `courier` shows them. For the .cc files of this folder.
#pragma once

#include <string>
#include <vector>

#include "store/accounts/admin.h"

namespace courier::accounts {

[[nodiscard]] std::string account_json(const Account& account, const Administration& how);
[[nodiscard]] std::string domain_json(const Domain& domain);
[[nodiscard]] std::string alias_json(const Alias& alias);
[[nodiscard]] std::string resolution_json(const std::string& address, const Resolution& resolution, const Administration& how);
[[nodiscard]] std::string removed_json(const std::string& name);

template <class T, class... More>
[[nodiscard]] std::string list_json(const std::vector<T>& values, std::string (*one)(const T&, More...),
                                    std::type_identity_t<More>... more) {
  std::string out = "[";
  for (const T& value : values) {
    if (out.size() > 1) out += ',';
    out += one(value, more...);
  }
  return out + ']';
}

}  // namespace courier::accounts
