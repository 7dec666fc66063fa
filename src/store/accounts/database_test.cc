#include "store/accounts/database.h"

#include <limits>
#include <string>

#include "runtime/testing/simulated_disk.h"
#include "store/accounts/shard.h"

namespace courier::accounts {
namespace {

std::unique_ptr<AccountDatabase> fresh() {
  auto database = AccountDatabase::open_in_memory();
  EXPECT_TRUE(database) << (database ? "" : database.error());
  EXPECT_TRUE((*database)->add_domain({"example.test", DomainKind::Hosted}));
  return std::move(*database);
}

Account account(const std::string& address) {
  Account a;
  a.address = address;
  return a;
}

TEST(AccountDatabase, KeepsEveryField) {
  const auto database = fresh();
  const Account full{"ann@example.test", "$hash$", "scram",         1000,  1001, "/home/ann", "Mail",
                     1ull << 40,         5000,     "disableimap=1", "Ann", false};
  ASSERT_TRUE(database->add_accounts({full}));
  EXPECT_EQ(*database->find_account("ann@example.test"), full);
  EXPECT_EQ(*database->find_account("bob@example.test"), std::nullopt);
  Account changed = full;
  changed.name = "Ann Doe";
  changed.enabled = true;
  ASSERT_TRUE(database->update_account(changed));
  EXPECT_EQ(*database->find_account("ann@example.test"), changed);
  ASSERT_TRUE(database->remove_account("ann@example.test"));
  EXPECT_EQ(database->remove_account("ann@example.test").error().fault, EditFault::NotFound);
  EXPECT_EQ(database->update_account(changed).error().fault, EditFault::NotFound);
}

// A sync fails, auth is killed and started again, and then the power fails.
TEST(AccountDatabase, KeepsWhatWasAddedAfterAFailedSync) {
  const std::string path = "/state/accounts.sqlite";
  SimulatedDisk disk;
  ASSERT_TRUE(make_directories(disk, "/state"));
  auto database = std::move(AccountDatabase::open(disk, path)).value();
  ASSERT_TRUE(database->add_domain({"example.test", DomainKind::Hosted}));
  disk.fail_next_sync("-wal");
  EXPECT_EQ(database->add_accounts({account("ann@example.test")}).error().fault, EditFault::Unavailable);
  disk.crash_at(disk.boundaries() + 1);
  database.reset();
  disk.crash_at(std::numeric_limits<std::uint64_t>::max());
  database = std::move(AccountDatabase::open(disk, path)).value();
  ASSERT_TRUE(database->add_accounts({account("bob@example.test")}));
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const auto left = disk.survivor(seed);
    const auto after = AccountDatabase::open(*left, path);
    ASSERT_TRUE(after);
    EXPECT_NE(*(*after)->find_account("bob@example.test"), std::nullopt) << seed;
  }
}

TEST(AccountDatabase, AddsAllOrNone) {
  const auto database = fresh();
  ASSERT_TRUE(database->add_accounts({account("a@example.test")}));
  EXPECT_EQ(database->add_accounts({account("b@example.test"), account("a@example.test")}).error().fault, EditFault::Exists);
  EXPECT_EQ(*database->find_account("b@example.test"), std::nullopt);
  EXPECT_EQ(database->add_accounts({account("b@example.test"), account("c@other.test")}).error().fault, EditFault::Invalid);
  EXPECT_EQ(*database->find_account("b@example.test"), std::nullopt);
}

TEST(AccountDatabase, ReplacesACredentialOnlyWhileItIsTheOldOne) {
  const auto database = fresh();
  Account a = account("a@example.test");
  a.password = "old";
  ASSERT_TRUE(database->add_accounts({a}));
  EXPECT_EQ(database->replace_credential("a@example.test", "older", {"new", "scram"}).error().fault, EditFault::NotFound);
  ASSERT_TRUE(database->replace_credential("a@example.test", "old", {"new", "scram"}));
  EXPECT_EQ((*database->find_account("a@example.test"))->password, "new");
  EXPECT_EQ((*database->find_account("a@example.test"))->scram, "scram");
}

TEST(AccountDatabase, ScramServesAllOnlyWhenItDoes) {
  const auto database = fresh();
  EXPECT_FALSE(*database->scram_serves_all());
  Account with = account("with@example.test"), without = account("without@example.test");
  with.password = without.password = "hash";
  with.scram = "scram";
  ASSERT_TRUE(database->add_accounts({with, account("nologin@example.test")}));
  EXPECT_TRUE(*database->scram_serves_all());
  ASSERT_TRUE(database->add_accounts({without}));
  EXPECT_FALSE(*database->scram_serves_all());
  without.enabled = false;
  ASSERT_TRUE(database->update_account(without));
  EXPECT_TRUE(*database->scram_serves_all());
}

TEST(AccountDatabase, DomainsAndAliases) {
  const auto database = fresh();
  EXPECT_EQ(database->add_domain({"example.test", DomainKind::Relayed}).error().fault, EditFault::Exists);
  ASSERT_TRUE(database->add_domain({"relay.test", DomainKind::Relayed}));
  EXPECT_EQ(*database->find_domain("relay.test"), DomainKind::Relayed);
  EXPECT_EQ(*database->find_domain("other.test"), std::nullopt);
  ASSERT_TRUE(database->set_alias({"staff@example.test", {"b@x", "a@x"}}));
  EXPECT_EQ(*database->find_alias("staff@example.test"), (std::vector<std::string>{"b@x", "a@x"}));
  ASSERT_TRUE(database->set_alias({"@example.test", {"a@x"}}));
  EXPECT_EQ(*database->find_aliases_of("a@x"), (std::vector<std::string>{"@example.test", "staff@example.test"}));
  ASSERT_TRUE(database->remove_alias("@example.test"));
  ASSERT_TRUE(database->set_alias({"staff@example.test", {}}));
  EXPECT_EQ(*database->find_alias("staff@example.test"), std::vector<std::string>{});
  EXPECT_EQ(*database->find_alias("other@example.test"), std::nullopt);
  EXPECT_EQ(database->set_alias({"x@other.test", {"a@x"}}).error().fault, EditFault::Invalid);
  EXPECT_EQ(database->remove_domain("example.test").error().fault, EditFault::Invalid);
  ASSERT_TRUE(database->remove_alias("staff@example.test"));
  EXPECT_EQ(database->remove_alias("staff@example.test").error().fault, EditFault::NotFound);
  ASSERT_TRUE(database->remove_domain("example.test"));
  EXPECT_EQ(database->remove_domain("example.test").error().fault, EditFault::NotFound);
  EXPECT_EQ(*database->domains(), (std::vector<Domain>{{"relay.test", DomainKind::Relayed}}));
}

TEST(AccountDatabase, ListsInPages) {
  const auto database = fresh();
  ASSERT_TRUE(database->add_domain({"b.test", DomainKind::Hosted}));
  ASSERT_TRUE(database->add_accounts({account("a@example.test"), account("b@b.test"), account("c@example.test")}));
  const auto names = [&](const Page& page) {
    std::string all;
    for (const Account& a : *database->accounts(page)) all += a.address + ' ';
    return all;
  };
  EXPECT_EQ(names({}), "a@example.test b@b.test c@example.test ");
  EXPECT_EQ(names({"example.test", "", 10}), "a@example.test c@example.test ");
  EXPECT_EQ(names({"", "a@example.test", 1}), "b@b.test ");
}

TEST(AccountDatabase, HoldsWhatWouldBreakSql) {
  const auto database = fresh();
  const std::string odd = "o'brien\"; DROP TABLE accounts;--@example.test";
  ASSERT_TRUE(database->add_accounts({account(odd)}));
  EXPECT_EQ((*database->find_account(odd))->address, odd);
}

TEST(Options, AreReadAsTheOriginalDid) {
  EXPECT_EQ(option("a=1,b=x=y,c", "b"), "x=y");
  EXPECT_EQ(option("a=1,b=x=y,c", "c"), "");
  EXPECT_EQ(option("a=1,a=2", "a"), "1");
  EXPECT_EQ(option("abc=1", "ab"), std::nullopt);
  for (const char* on : {"d=1", "d=yes", "d=True", "x,d=12"}) EXPECT_TRUE(option_is_on(on, "d")) << on;
  for (const char* off : {"", "d", "d=", "d=0", "d=no", "D=1"}) EXPECT_FALSE(option_is_on(off, "d")) << off;
  EXPECT_EQ(merge_options("", "a=1,b=2"), "a=1,b=2");
  EXPECT_EQ(merge_options("a=0", "a=1,b=2"), "a=0,b=2");
}

TEST(Place, IsMadeOfAddressOrFields) {
  Account a = account("ann@example.test");
  EXPECT_EQ(place_of(a, "/mail").home, "/mail/example.test/ann");
  EXPECT_EQ(place_of(a, "/mail").maildir, "/mail/example.test/ann/Maildir");
  a.home = "/home/ann";
  a.maildir = "./Mail";
  EXPECT_EQ(place_of(a, "/mail").maildir, "/home/ann/Mail");
  a.maildir = "/var/mail/ann";
  EXPECT_EQ(place_of(a, "/mail").maildir, "/var/mail/ann");
}

TEST(Shard, NeverChanges) {
  EXPECT_EQ(mailbox_of(account("alice@example.test"), 1), "mailbox:v0");
  EXPECT_EQ(mailbox_of(account("alice@example.test"), 16), "mailbox:v11");
  EXPECT_EQ(mailbox_of(account("bob@example.test"), 16), "mailbox:v10");
  Account own = account("carol@example.test");
  own.uid = 1000;
  EXPECT_EQ(mailbox_of(own, 16), "mailbox:u1000");
}

}  // namespace
}  // namespace courier::accounts
