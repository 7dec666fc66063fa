#include "store/accounts/resolve.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_set>

#include "base/text.h"
#include "wire/address/mailbox.h"

namespace courier::accounts {

namespace {

constexpr const char* unknown_user = "550 5.1.1 User unknown";
constexpr const char* disabled_user = "550 5.2.1 Mailbox disabled";
constexpr const char* alias_loop = "554 5.4.6 Alias loop";

std::string_view local_part(std::string_view address) { return address.substr(0, address.rfind('@')); }
std::string_view domain_part(std::string_view address) { return address.substr(address.rfind('@') + 1); }

// One name on the way: what it turned out to be.
struct Found {
  enum class Kind { Account, Alias, Unknown, Relayed, Foreign } kind = Kind::Unknown;
  Account account;
  std::vector<std::string> members;
  bool renamed = false;  // another name than asked
};

class Resolver {
 public:
  Resolver(AccountSource& source, const Naming& naming, Steps steps, std::size_t most)
      : source_(source), naming_(naming), steps_(steps), most_(most) {}

  Answered<Resolution> run(const std::string& address) {
    auto first = look_up(address, false);
    if (!first) return fail(first.error());
    switch (first->kind) {
      case Found::Kind::Unknown: return finish(Meaning::Unknown);
      case Found::Kind::Relayed: return remote(address, Meaning::Relayed);
      case Found::Kind::Foreign: return remote(address, Meaning::Foreign);
      case Found::Kind::Account:
      case Found::Kind::Alias: break;
    }
    out_.was_alias = first->kind == Found::Kind::Alias || first->renamed;
    seen_.insert(address);
    if (auto done = take(address, std::move(*first)); !done) return fail(done.error());
    while (!waiting_.empty()) {
      const Waiting next = std::move(waiting_.front());
      waiting_.pop_front();
      auto found = look_up(next.address, next.address == next.parent);
      if (!found) return fail(found.error());
      if (auto done = take(next.address, std::move(*found)); !done) return fail(done.error());
    }
    if (out_.targets.empty() && looped_) add({address, false, {}, alias_loop});
    return finish(Meaning::Targets);
  }

 private:
  struct Waiting {
    std::string address;
    std::string parent;
  };

  void step(const std::string& text) {
    if (steps_ == Steps::Yes) out_.steps.push_back(text);
  }
  Resolution finish(Meaning meaning) {
    out_.meaning = meaning;
    std::ranges::sort(out_.targets, {}, &Target::address);
    return std::move(out_);
  }
  Resolution remote(const std::string& address, Meaning meaning) {
    out_.targets.push_back({address, false, {}, {}});
    return finish(meaning);
  }
  void add(Target target) {
    if (delivered_.insert(target.address).second) out_.targets.push_back(std::move(target));
  }

  Answered<void> take(const std::string& address, Found found) {
    switch (found.kind) {
      case Found::Kind::Account: {
        std::string name = found.account.address;
        const std::string failure = found.account.enabled ? "" : disabled_user;
        add({std::move(name), failure.empty(), std::move(found.account), failure});
        return {};
      }
      case Found::Kind::Unknown: add({address, false, {}, unknown_user}); return {};
      case Found::Kind::Relayed:
      case Found::Kind::Foreign: add({address, false, {}, {}}); return {};
      case Found::Kind::Alias: break;
    }
    if (++aliases_ > most_) {
      looped_ = true;
      return {};
    }
    for (const std::string& member : found.members) enqueue(address, member);
    return {};
  }

  void enqueue(const std::string& parent, const std::string& member) {
    std::string next = member.starts_with('@') ? std::string(local_part(parent)) + member : canonical_address(member, naming_);
    // A name that stands in its own list is the account of that name.
    if (next == parent) {
      waiting_.push_back({next, parent});
    } else if (seen_.insert(next).second) {
      waiting_.push_back({next, parent});
    } else {
      looped_ = true;
    }
  }

  // `skip_alias`: the name stands in its own list.
  Answered<Found> look_up(const std::string& address, bool skip_alias) {
    if (!skip_alias) {
      auto members = source_.find_alias(address);
      if (!members) return fail(members.error());
      if (*members) return alias(address, std::move(**members), false);
    }
    const auto kind = source_.find_domain(domain_part(address));
    if (!kind) return fail(kind.error());
    if (!*kind) {
      const bool this_host = !naming_.host_name.empty() && iequals(domain_part(address), naming_.host_name);
      if (this_host && !skip_alias && iequals(local_part(address), "postmaster")) {
        auto found = postmaster(address);
        if (!found || found->kind != Found::Kind::Unknown) return found;
      }
      step(address + ": not a domain of ours");
      return Found{Found::Kind::Foreign, {}, {}, false};
    }
    if (**kind == DomainKind::Relayed) {
      step(address + ": relayed domain");
      return Found{Found::Kind::Relayed, {}, {}, false};
    }
    return look_up_hosted(address, skip_alias);
  }

  Answered<Found> look_up_hosted(const std::string& address, bool skip_alias) {
    auto found = with_extensions(address);
    if (!found || found->kind != Found::Kind::Unknown) return found;
    if (skip_alias) {
      step(address + ": names itself, but there is no such account");
      return found;
    }
    if (iequals(local_part(address), "postmaster")) {
      found = postmaster(address);
      if (!found || found->kind != Found::Kind::Unknown) return found;
    }
    auto all = source_.find_alias('@' + std::string(domain_part(address)));
    if (!all) return fail(all.error());
    if (*all) return alias(address + " (catch-all)", std::move(**all), true);
    step(address + ": unknown user");
    return found;
  }

  // The account of the whole local part, then without what follows each separator, the longest first.
  Answered<Found> with_extensions(const std::string& address) {
    std::string_view local = local_part(address);
    for (bool whole = true; !local.empty(); whole = false) {
      const std::string name = std::string(local) + '@' + std::string(domain_part(address));
      if (!whole) {
        auto members = source_.find_alias(name);
        if (!members) return fail(members.error());
        if (*members) return alias(name, std::move(**members), true);
      }
      auto account = source_.find_account(name);
      if (!account) return fail(account.error());
      if (*account) {
        step(address + ": account " + name + ((*account)->enabled ? "" : " (disabled)"));
        return Found{Found::Kind::Account, std::move(**account), {}, !whole};
      }
      const std::size_t cut = local.find_last_of(naming_.extension_separators);
      if (cut == std::string_view::npos || cut == 0) break;
      local = local.substr(0, cut);
    }
    return Found{};
  }

  Answered<Found> postmaster(const std::string& address) {
    const std::string lower = "postmaster@" + std::string(domain_part(address));
    if (lower != address) {
      auto members = source_.find_alias(lower);
      if (!members) return fail(members.error());
      if (*members) return alias(lower, std::move(**members), true);
      auto account = source_.find_account(lower);
      if (!account) return fail(account.error());
      if (*account) return Found{Found::Kind::Account, std::move(**account), {}, true};
    }
    const std::string general = canonical_address(naming_.postmaster, naming_);
    if (naming_.postmaster.empty() || general == address) return Found{};
    step(address + ": the postmaster setting");
    return Found{Found::Kind::Alias, {}, {general}, true};
  }

  Found alias(const std::string& name, std::vector<std::string> members, bool renamed) {
    step(name + ": alias for " + (members.empty() ? std::string("nobody (mail is dropped)") : join(members, ", ")));
    return Found{Found::Kind::Alias, {}, std::move(members), renamed};
  }

  AccountSource& source_;
  const Naming& naming_;
  Steps steps_;
  std::size_t most_;
  std::size_t aliases_ = 0;
  bool looped_ = false;
  Resolution out_;
  std::deque<Waiting> waiting_;
  std::unordered_set<std::string> seen_, delivered_;
};

}  // namespace

std::string canonical_address(std::string_view address, const Naming& naming) {
  std::string full(address);
  if (full.find('@') == std::string::npos) full += '@' + naming.default_domain;
  // Room for logins of old databases: longer than RFC 5321 allows on the wire.
  const auto mailbox = address::parse_mailbox(full, address::Utf8::Yes, {.localpart = 255, .domain = 255, .path = 512});
  if (!mailbox) return {};
  std::string canonical = address::canonical(*mailbox);
  if (!naming.fold_local_parts) return canonical;
  return to_lower(canonical);
}

Answered<Resolution> resolve(AccountSource& source, const Naming& naming, const std::string& address, Steps steps,
                             std::size_t most_aliases) {
  return Resolver(source, naming, steps, most_aliases).run(address);
}

}  // namespace courier::accounts
