// `courier account`.
#include "base/text.h"
#include "store/accounts/admin_call.h"
#include "store/accounts/admin_json.h"

namespace courier::accounts {

namespace {

std::string apply_all(Account& account, const Call& call) {
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const std::string& one = call.arguments[i];
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos) return "arguments after the address are KEY=VALUE";
    const auto key = std::string_view(one).substr(0, equals);
    if (auto fault = apply(account, key, one.substr(equals + 1), call.how); !fault.empty()) return fault;
  }
  if ((account.uid == 0) != (account.gid == 0)) return "uid and gid are given together, and neither may be 0";
  // The default home is made of the address.
  if (account.home.empty() && account.address.find('/') != std::string::npos) return "an address with '/' needs home=";
  return {};
}

// A canonical address of its own: "ann@example.org".
bool good_account_name(const std::string& address) { return !address.empty() && !address.starts_with('.'); }

// Reads the account, lets `change` alter it, stores it.
template <class Change>
control::Answer account_change(const Call& call, Change change) {
  auto found = call.database.find_account(call.address());
  if (!found) return bad(found.error());
  if (!*found) return bad(NoUser, "no account " + printable(call.arguments[0]));
  if (std::string fault = change(**found); !fault.empty()) return bad(Data, fault);
  if (auto done = call.database.update_account(**found); !done) return bad(done.error());
  return good(account_json(**found, call.how));
}

}  // namespace

control::Answer account_add(const Call& call) {
  Account account;
  account.address = call.address();
  if (!good_account_name(account.address)) return bad(Data, "not an address: " + printable(call.arguments[0]));
  if (auto fault = apply_all(account, call); !fault.empty()) return bad(Data, fault);
  if (auto done = call.database.add_accounts({account}); !done) return bad(done.error());
  return good(account_json(account, call.how));
}

control::Answer account_set(const Call& call) {
  return account_change(call, [&](Account& account) { return apply_all(account, call); });
}
control::Answer account_password(const Call& call) {
  return account_change(call, [&](Account& account) { return apply(account, "password", call.arguments[1], call.how); });
}
control::Answer account_quota(const Call& call) {
  return account_change(call, [&](Account& account) { return apply(account, "quota", call.arguments[1], call.how); });
}
control::Answer account_enable(const Call& call) {
  return account_change(call, [&](Account& account) { return apply(account, "enabled", "yes", call.how); });
}
control::Answer account_disable(const Call& call) {
  return account_change(call, [&](Account& account) { return apply(account, "enabled", "no", call.how); });
}

control::Answer account_show(const Call& call) {
  const auto found = call.database.find_account(call.address());
  if (!found) return bad(found.error());
  if (!*found) return bad(NoUser, "no account " + printable(call.arguments[0]));
  return good(account_json(**found, call.how));
}

control::Answer account_remove(const Call& call) {
  const std::string address = call.address();
  if (auto done = call.database.remove_account(address); !done) return bad(done.error());
  return good(removed_json(address));
}

control::Answer account_list(const Call& call) {
  const auto page = call.page();
  if (!page) return bad(Usage, "account list [DOMAIN] [after=ADDRESS] [limit=1..10000]");
  const auto all = call.database.accounts(*page);
  if (!all) return bad(all.error());
  return good(list_json(*all, account_json, call.how));
}

}  // namespace courier::accounts
