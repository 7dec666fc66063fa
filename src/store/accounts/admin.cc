#include "store/accounts/admin.h"

#include <algorithm>

#include "base/text.h"
#include "store/accounts/admin_call.h"
#include "store/accounts/admin_json.h"
#include "wire/address/mailbox.h"

namespace courier::accounts {

control::Answer good(std::string json) { return {Ok, std::move(json), {}}; }
control::Answer bad(Status status, std::string error) { return {status, {}, std::move(error)}; }
control::Answer bad(const Unavailable& error) { return bad(Temporary, error.text); }
control::Answer bad(const EditError& error) {
  switch (error.fault) {
    case EditFault::Exists: return bad(CannotCreate, error.text);
    case EditFault::NotFound: return bad(NoUser, error.text);
    case EditFault::Invalid: return bad(Data, error.text);
    case EditFault::Unavailable: break;
  }
  return bad(Temporary, error.text);
}

std::optional<Page> Call::page() const {
  Page page;
  for (const std::string& one : arguments) {
    if (one.starts_with("after=")) {
      page.after = one.substr(6);
    } else if (one.starts_with("limit=")) {
      const auto most = to_u32(std::string_view(one).substr(6));
      if (!most || *most == 0 || *most > 10'000) return std::nullopt;
      page.most = *most;
    } else if (page.domain.empty()) {
      page.domain = to_lower(one);
    } else {
      return std::nullopt;
    }
  }
  return page;
}

namespace {

control::Answer domain_add(const Call& call) {
  Domain domain{to_lower(call.arguments[0]), DomainKind::Hosted};
  if (!address::is_domain(domain.name, address::Utf8::Yes) || domain.name.starts_with('[')) {
    return bad(Data, "not a domain name: " + printable(call.arguments[0]));
  }
  if (call.arguments.size() > 1) {
    if (call.arguments[1] == "kind=relayed") {
      domain.kind = DomainKind::Relayed;
    } else if (call.arguments[1] != "kind=hosted") {
      return bad(Usage, "domain add NAME [kind=hosted|relayed]");
    }
  }
  if (auto done = call.database.add_domain(domain); !done) return bad(done.error());
  return good(domain_json(domain));
}

control::Answer domain_remove(const Call& call) {
  const std::string name = to_lower(call.arguments[0]);
  if (auto done = call.database.remove_domain(name); !done) return bad(done.error());
  return good(removed_json(name));
}

control::Answer domain_list(const Call& call) {
  const auto all = call.database.domains();
  if (!all) return bad(all.error());
  return good(list_json(*all, domain_json));
}

// "ann@example.org", or "@example.org": a domain's catch-all.
std::string alias_name(const Call& call) {
  const std::string& text = call.arguments[0];
  if (!text.starts_with('@')) return call.address();
  const std::string domain = to_lower(std::string_view(text).substr(1));
  return address::is_domain(domain, address::Utf8::Yes) ? '@' + domain : std::string();
}

// A member as it is stored; empty: it is no address.
std::string alias_member(const std::string& text, const std::string& alias, const Call& call) {
  if (!text.starts_with('@')) return canonical_address(text, call.how.naming);
  const std::string domain = to_lower(std::string_view(text).substr(1));
  if (!alias.starts_with('@') || text == alias || !address::is_domain(domain, address::Utf8::Yes)) return {};
  return '@' + domain;
}

control::Answer store_alias(const Call& call, Alias alias) {
  if (auto done = call.database.set_alias(alias); !done) return bad(done.error());
  return good(alias_json(alias));
}

// Adds the arguments to `members`, each once.
std::string add_members(const Call& call, Alias& alias) {
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    std::string member = alias_member(call.arguments[i], alias.address, call);
    if (member.empty()) return "not an address: " + printable(call.arguments[i]);
    if (std::ranges::find(alias.members, member) == alias.members.end()) alias.members.push_back(std::move(member));
  }
  return {};
}

control::Answer alias_add(const Call& call) {
  Alias alias{alias_name(call), {}};
  if (alias.address.empty()) return bad(Data, "not an address: " + printable(call.arguments[0]));
  auto now = call.database.find_alias(alias.address);
  if (!now) return bad(now.error());
  if (*now) alias.members = std::move(**now);
  if (auto fault = add_members(call, alias); !fault.empty()) return bad(Data, fault);
  return store_alias(call, std::move(alias));
}

control::Answer alias_set(const Call& call) {
  Alias alias{alias_name(call), {}};
  if (alias.address.empty()) return bad(Data, "not an address: " + printable(call.arguments[0]));
  if (auto fault = add_members(call, alias); !fault.empty()) return bad(Data, fault);
  return store_alias(call, std::move(alias));
}

control::Answer alias_show(const Call& call) {
  Alias alias{alias_name(call), {}};
  auto now = call.database.find_alias(alias.address);
  if (!now) return bad(now.error());
  if (!*now) return bad(NoUser, "no alias " + printable(call.arguments[0]));
  alias.members = std::move(**now);
  return good(alias_json(alias));
}

control::Answer alias_remove(const Call& call) {
  Alias alias{alias_name(call), {}};
  if (call.arguments.size() == 1) {
    if (auto done = call.database.remove_alias(alias.address); !done) return bad(done.error());
    return good(removed_json(alias.address));
  }
  auto now = call.database.find_alias(alias.address);
  if (!now) return bad(now.error());
  if (!*now) return bad(NoUser, "no alias " + printable(call.arguments[0]));
  alias.members = std::move(**now);
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    const std::string member = alias_member(call.arguments[i], alias.address, call);
    if (std::erase(alias.members, member) == 0) return bad(NoUser, printable(call.arguments[i]) + " is no member");
  }
  return store_alias(call, std::move(alias));
}

control::Answer alias_list(const Call& call) {
  const auto page = call.page();
  if (!page) return bad(Usage, "alias list [DOMAIN] [after=NAME] [limit=1..10000]");
  const auto all = call.database.aliases(*page);
  if (!all) return bad(all.error());
  return good(list_json(*all, alias_json));
}

control::Answer explain(const Call& call) {
  const std::string address = call.address();
  if (address.empty()) return bad(Data, "not an address: " + printable(call.arguments[0]));
  const auto resolution = resolve(call.database, call.how.naming, address, Steps::Yes);
  if (!resolution) return bad(resolution.error());
  return good(resolution_json(address, *resolution, call.how));
}

struct Verb {
  const char* name;
  std::size_t least, most;  // number of arguments
  bool changes;
  control::Answer (*run)(const Call&);
  const char* usage;
};
constexpr std::size_t any = 100'000;
constexpr Verb verbs[] = {
    {"account add", 1, any, true, account_add, "account add ADDRESS [KEY=VALUE...]"},
    {"account set", 2, any, true, account_set, "account set ADDRESS KEY=VALUE..."},
    {"account password", 2, 2, true, account_password, "account password ADDRESS PASSWORD"},
    {"account quota", 2, 2, true, account_quota, "account quota ADDRESS QUOTA"},
    {"account enable", 1, 1, true, account_enable, "account enable ADDRESS"},
    {"account disable", 1, 1, true, account_disable, "account disable ADDRESS"},
    {"account show", 1, 1, false, account_show, "account show ADDRESS"},
    {"account remove", 1, 1, true, account_remove, "account remove ADDRESS"},
    {"account list", 0, 3, false, account_list, "account list [DOMAIN] [after=ADDRESS] [limit=N]"},
    {"domain add", 1, 2, true, domain_add, "domain add NAME [kind=hosted|relayed]"},
    {"domain remove", 1, 1, true, domain_remove, "domain remove NAME"},
    {"domain list", 0, 0, false, domain_list, "domain list"},
    {"alias add", 2, any, true, alias_add, "alias add NAME MEMBER..."},
    {"alias set", 1, any, true, alias_set, "alias set NAME [MEMBER...]"},
    {"alias remove", 1, any, true, alias_remove, "alias remove NAME [MEMBER...]"},
    {"alias show", 1, 1, false, alias_show, "alias show NAME"},
    {"alias list", 0, 3, false, alias_list, "alias list [DOMAIN] [after=NAME] [limit=N]"},
    {"explain", 1, 1, false, explain, "explain ADDRESS"},
};

const Verb* find_verb(std::string_view name) {
  const auto* found = std::ranges::find(verbs, name, &Verb::name);
  return found == std::end(verbs) ? nullptr : found;
}

}  // namespace

bool is_administration(std::string_view verb) { return find_verb(verb) != nullptr; }

bool is_mutation(std::string_view verb) {
  const Verb* found = find_verb(verb);
  return found != nullptr && found->changes;
}

control::Answer administer(AccountDatabase& database, const Administration& how, std::string_view verb,
                           const std::vector<std::string>& arguments) {
  const Verb* found = find_verb(verb);
  if (found == nullptr) return bad(Usage, "no such verb: " + printable(verb));
  if (arguments.size() < found->least || arguments.size() > found->most) return bad(Usage, std::string("usage: ") + found->usage);
  return found->run(Call{database, how, arguments});
}

}  // namespace courier::accounts
