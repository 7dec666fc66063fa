#include "store/accounts/admin_json.h"

#include <cstdint>
#include <optional>

#include "base/codec.h"
#include "store/accounts/database_rows.h"
#include "store/accounts/shard.h"

namespace courier::accounts {

namespace {

// What holds the password: "argon2id", "yescrypt", "{SSHA}"; never more of it.
std::string scheme_name(std::string_view stored) {
  if (stored.empty()) return "none";
  if (stored.starts_with("$argon2id$")) return "argon2id";
  if (stored.starts_with("$y$")) return "yescrypt";
  if (stored.starts_with('{')) return std::string(stored.substr(0, stored.find('}') + 1));
  return "crypt";
}

std::optional<std::uint32_t> number_or_none(std::uint32_t id) { return id == 0 ? std::nullopt : std::optional(id); }

struct AccountView {
  std::string address, domain;
  std::optional<std::uint32_t> uid, gid;  // none: the virtual mail user's
  std::string home, maildir;
  std::uint64_t quota_bytes = 0, quota_messages = 0;
  std::string options, name;
  bool enabled = false, has_password = false, scram = false;
  std::string scheme;
  template <class V>
  void fields(V& v) {
    v("address", address), v("domain", domain), v("uid", uid), v("gid", gid), v("home", home), v("maildir", maildir);
    v("quota_bytes", quota_bytes), v("quota_messages", quota_messages), v("options", options), v("name", name);
    v("enabled", enabled), v("has_password", has_password), v("scram", scram), v("scheme", scheme);
  }
};
struct DomainView {
  std::string name, kind;
  template <class V>
  void fields(V& v) {
    v("name", name), v("kind", kind);
  }
};
struct AliasView {
  std::string address;
  std::vector<std::string> members;
  template <class V>
  void fields(V& v) {
    v("address", address), v("members", members);
  }
};
struct TargetView {
  std::string address, mailbox, home, maildir, failure;
  template <class V>
  void fields(V& v) {
    v("address", address), v("mailbox", mailbox), v("home", home), v("maildir", maildir), v("failure", failure);
  }
};
struct ResolutionView {
  std::string address, meaning;
  std::vector<std::string> steps;
  std::vector<TargetView> targets;
  template <class V>
  void fields(V& v) {
    v("address", address), v("meaning", meaning), v("steps", steps), v("targets", targets);
  }
};
struct RemovedView {
  std::string removed;
  template <class V>
  void fields(V& v) {
    v("removed", removed);
  }
};

std::string meaning_name(Meaning meaning) {
  switch (meaning) {
    case Meaning::Targets: return "delivered";
    case Meaning::Unknown: return "unknown user";
    case Meaning::Relayed: return "relayed";
    case Meaning::Foreign: return "not ours";
  }
  return {};
}

}  // namespace

std::string account_json(const Account& account, const Administration& how) {
  const Place place = place_of(account, how.mail_dir);
  return to_json(AccountView{account.address, std::string(domain_of(account.address)), number_or_none(account.uid),
                             number_or_none(account.gid), place.home, place.maildir, account.quota_bytes, account.quota_messages,
                             account.options, account.name, account.enabled, !account.password.empty(), !account.scram.empty(),
                             scheme_name(account.password)});
}

std::string domain_json(const Domain& domain) {
  return to_json(DomainView{domain.name, domain.kind == DomainKind::Relayed ? "relayed" : "hosted"});
}

std::string alias_json(const Alias& alias) { return to_json(AliasView{alias.address, alias.members}); }

std::string resolution_json(const std::string& address, const Resolution& resolution, const Administration& how) {
  ResolutionView view{address, meaning_name(resolution.meaning), resolution.steps, {}};
  for (const Target& target : resolution.targets) {
    TargetView one{target.address, {}, {}, {}, target.failure};
    if (target.local) {
      const Place place = place_of(target.account, how.mail_dir);
      one.mailbox = mailbox_of(target.account, how.shards);
      one.home = place.home;
      one.maildir = place.maildir;
    }
    view.targets.push_back(std::move(one));
  }
  return to_json(view);
}

std::string removed_json(const std::string& name) { return to_json(RemovedView{name}); }

}  // namespace courier::accounts
