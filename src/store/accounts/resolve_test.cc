#include "store/accounts/resolve.h"

#include <map>
#include <string>

namespace courier::accounts {
namespace {

// Two hosted domains, one relayed.
class Fake final : public AccountSource {
 public:
  Answered<std::optional<Account>> find_account(std::string_view address) override {
    if (down) return fail(Unavailable{"down"});
    const auto found = accounts.find(std::string(address));
    if (found == accounts.end()) return std::nullopt;
    Account account;
    account.address = found->first;
    account.enabled = found->second;
    return account;
  }
  Answered<std::optional<std::vector<std::string>>> find_alias(std::string_view address) override {
    const auto found = aliases.find(std::string(address));
    if (found == aliases.end()) return std::nullopt;
    return found->second;
  }
  Answered<std::optional<DomainKind>> find_domain(std::string_view name) override {
    if (name == "our.test" || name == "all.test") return DomainKind::Hosted;
    if (name == "relay.test") return DomainKind::Relayed;
    return std::nullopt;
  }
  Answered<std::vector<std::string>> find_aliases_of(std::string_view) override { return std::vector<std::string>{}; }
  Answered<bool> scram_serves_all() override { return false; }

  bool down = false;
  std::map<std::string, bool> accounts{
      {"ann@our.test", true}, {"bob@our.test", true}, {"gone@our.test", false}, {"ann-sales@our.test", true}};
  std::map<std::string, std::vector<std::string>> aliases{
      {"staff@our.test", {"ann@our.test", "bob@our.test", "carol@elsewhere.test"}},
      {"all@our.test", {"staff@our.test", "ann@our.test", "nobody@our.test"}},
      {"larry@our.test", {"bob@our.test"}},
      {"bob@our.test", {"bob@our.test", "ann@our.test"}},
      {"null@our.test", {}},
      {"a@our.test", {"b@our.test"}},
      {"b@our.test", {"a@our.test"}},
      {"@all.test", {"ann@our.test"}},
      {"exact@relay.test", {"ann@our.test"}},
      {"list@our.test", {"x@far.test"}},
  };
};

const Naming naming{"our.test", "+", false, "", ""};

std::string told(Fake& source, const std::string& address, const Naming& how = naming) {
  const auto resolution = resolve(source, how, canonical_address(address, how));
  if (!resolution) return "unavailable";
  std::string text;
  switch (resolution->meaning) {
    case Meaning::Targets: break;
    case Meaning::Unknown: return "unknown";
    case Meaning::Relayed: text = "relayed "; break;
    case Meaning::Foreign: text = "foreign "; break;
  }
  for (const Target& target : resolution->targets) {
    text += target.failure.empty() ? (target.local ? "" : "remote:") : "failed:";
    text += target.address + ' ';
  }
  return text + (resolution->was_alias ? "(alias)" : "");
}

TEST(Resolve, Table) {
  Fake source;
  const std::pair<const char*, const char*> table[] = {
      {"ann@our.test", "ann@our.test "},
      {"ann", "ann@our.test "},
      {"ann@OUR.Test", "ann@our.test "},
      {"\"ann\"@our.test", "ann@our.test "},
      {"ANN@our.test", "unknown"},
      {"ann+lists@our.test", "ann@our.test (alias)"},
      {"ann+a+b@our.test", "ann@our.test (alias)"},
      {"ann-sales@our.test", "ann-sales@our.test "},
      {"ann-sales+x@our.test", "ann-sales@our.test (alias)"},
      {"ann-other@our.test", "unknown"},
      {"+x@our.test", "unknown"},
      {"nobody@our.test", "unknown"},
      {"gone@our.test", "failed:gone@our.test "},
      {"staff@our.test", "ann@our.test bob@our.test remote:carol@elsewhere.test (alias)"},
      {"staff+x@our.test", "ann@our.test bob@our.test remote:carol@elsewhere.test (alias)"},
      {"all@our.test", "ann@our.test bob@our.test remote:carol@elsewhere.test failed:nobody@our.test (alias)"},
      {"larry@our.test", "ann@our.test bob@our.test (alias)"},
      {"bob@our.test", "ann@our.test bob@our.test (alias)"},
      {"null@our.test", "(alias)"},
      {"a@our.test", "failed:a@our.test (alias)"},
      {"anything@all.test", "ann@our.test (alias)"},
      {"x@relay.test", "relayed remote:x@relay.test "},
      {"exact@relay.test", "ann@our.test (alias)"},
      {"x@far.test", "foreign remote:x@far.test "},
      {"list@our.test", "remote:x@far.test (alias)"},
      {"postmaster@our.test", "unknown"},
  };
  for (const auto& [address, expected] : table) EXPECT_EQ(told(source, address), expected) << address;
}

TEST(Resolve, SettingsOfNames) {
  Fake source;
  Naming how = naming;
  how.extension_separators = "+-";
  EXPECT_EQ(told(source, "ann-other@our.test", how), "ann@our.test (alias)");
  EXPECT_EQ(told(source, "ann-sales-eu@our.test", how), "ann-sales@our.test (alias)");
  how.fold_local_parts = true;
  EXPECT_EQ(told(source, "ANN@our.test", how), "ann@our.test ");
  how.extension_separators = "";
  EXPECT_EQ(told(source, "ann+x@our.test", how), "unknown");
  how.postmaster = "ann";
  EXPECT_EQ(told(source, "PostMaster@our.test", how), "ann@our.test (alias)");
  EXPECT_EQ(told(source, "postmaster", how), "ann@our.test (alias)");
  EXPECT_EQ(told(source, "postmaster@mail.host.test", how), "foreign remote:postmaster@mail.host.test ");
  how.host_name = "mail.host.test";
  EXPECT_EQ(told(source, "Postmaster@MAIL.host.test", how), "ann@our.test (alias)");
  EXPECT_EQ(told(source, "ann@mail.host.test", how), "foreign remote:ann@mail.host.test ");
  source.aliases["postmaster@our.test"] = {"bob@our.test"};
  EXPECT_EQ(told(source, "POSTMASTER@our.test", naming), "ann@our.test bob@our.test (alias)");
}

TEST(Resolve, WholeDomainMayMove) {
  Fake source;
  source.aliases["@all.test"] = {"@our.test"};
  EXPECT_EQ(told(source, "ann@all.test"), "ann@our.test (alias)");
  EXPECT_EQ(told(source, "nobody@all.test"), "failed:nobody@our.test (alias)");
  source.aliases["@our.test"] = {"@all.test"};
  EXPECT_EQ(told(source, "nobody@all.test"), "failed:nobody@all.test (alias)");
}

TEST(Resolve, BoundsTheNumberOfAliases) {
  Fake source;
  for (int i = 0; i < 50; ++i) {
    source.aliases["c" + std::to_string(i) + "@our.test"] = {"c" + std::to_string(i + 1) + "@our.test",
                                                             "x" + std::to_string(i) + "@far.test"};
  }
  const auto resolution = resolve(source, naming, "c0@our.test", Steps::No, 10);
  ASSERT_TRUE(resolution);
  EXPECT_EQ(resolution->targets.size(), 10u);
}

TEST(Resolve, SourceDownIsNotUnknown) {
  Fake source;
  source.down = true;
  EXPECT_EQ(told(source, "ann@our.test"), "unavailable");
}

TEST(Canonical, RefusesWhatIsNoAddress) {
  for (const char* bad : {"", "@our.test", "a b@our.test", "a@", "a\n@our.test", "<ann@our.test>", "a@b@c"}) {
    EXPECT_EQ(canonical_address(bad, naming), "") << bad;
  }
}

}  // namespace
}  // namespace courier::accounts
