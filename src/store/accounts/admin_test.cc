#include "store/accounts/admin.h"

#include <string>

namespace courier::accounts {
namespace {

class Admin : public testing::Test {
 protected:
  std::string told(const std::string& verb, const std::vector<std::string>& arguments) {
    const control::Answer answer = administer(*database, how, verb, arguments);
    EXPECT_EQ(answer.status == 0, answer.error.empty()) << answer.error;
    return answer.status == 0 ? answer.json : std::to_string(answer.status) + ' ' + answer.error;
  }
  std::unique_ptr<AccountDatabase> database = std::move(*AccountDatabase::open_in_memory());
  Administration how{{"example.test", "+", false, "", ""}, {Scheme::Argon2id, 64, 1}, "/mail", 1};
};

constexpr const char* ann =
    R"({"address":"ann@example.test","domain":"example.test","uid":null,"gid":null,"home":"/mail/example.test/ann",)"
    R"("maildir":"/mail/example.test/ann/Maildir","quota_bytes":10485760,"quota_messages":500,"options":"","name":"Ann Doe",)"
    R"("enabled":true,"has_password":true,"scram":true,"scheme":"argon2id"})";

TEST_F(Admin, Accounts) {
  EXPECT_EQ(told("account add", {"ann@example.test"}), "65 example.test is not a hosted domain; add it first");
  EXPECT_EQ(told("domain add", {"Example.test"}), R"({"name":"example.test","kind":"hosted"})");
  EXPECT_EQ(told("account add", {"ann@Example.test", "password=secret", "quota=10M,500", "name=Ann Doe"}), ann);
  EXPECT_EQ(told("account show", {"ann"}), ann);
  EXPECT_EQ(told("account list", {}), std::string("[") + ann + "]");
  EXPECT_EQ(told("account list", {"other.test"}), "[]");
  EXPECT_EQ(told("account add", {"ann@example.test"}), "73 ann@example.test is there already");
  EXPECT_EQ(told("account show", {"bob@example.test"}), "67 no account bob@example.test");
  EXPECT_TRUE(verify_password((*database->find_account("ann@example.test"))->password, "secret"));
  told("account password", {"ann@example.test", "new"});
  EXPECT_TRUE(verify_password((*database->find_account("ann@example.test"))->password, "new"));
  told("account disable", {"ann@example.test"});
  EXPECT_FALSE((*database->find_account("ann@example.test"))->enabled);
  told("account enable", {"ann@example.test"});
  told("account quota", {"ann@example.test", "2000S,30C"});
  EXPECT_EQ((*database->find_account("ann@example.test"))->quota_bytes, 2000u);
  const std::string system = told("account set", {"ann@example.test", "uid=1000", "gid=1001", "home=/home/ann", "options=disablepop3=1"});
  EXPECT_NE(system.find(R"("uid":1000,"gid":1001)"), std::string::npos) << system;
  EXPECT_EQ((*database->find_account("ann@example.test"))->gid, 1001u);
  EXPECT_EQ((*database->find_account("ann@example.test"))->options, "disablepop3=1");
  EXPECT_EQ(told("account remove", {"ann@example.test"}), R"({"removed":"ann@example.test"})");
  EXPECT_EQ(told("account remove", {"ann@example.test"}), "67 no account ann@example.test");
}

TEST_F(Admin, RefusesWhatBreaksARule) {
  told("domain add", {"example.test"});
  for (const char* bad : {"uid=5", "uid=-1", "gid=x", "home=relative", "maildir=../x", "quota=lots", "password=", "password_hash=plain",
                          "enabled=maybe", "options=a b", "colour=red", "stray", "name=two\nlines"}) {
    EXPECT_EQ(told("account add", {"ann@example.test", bad}).substr(0, 3), "65 ") << bad;
  }
  EXPECT_EQ(told("account add", {"a/b@example.test"}).substr(0, 3), "65 ");
  EXPECT_EQ(told("account add", {"not an address"}).substr(0, 3), "65 ");
  EXPECT_EQ(told("account add", {}).substr(0, 3), "64 ");
  EXPECT_EQ(told("account frobnicate", {}).substr(0, 3), "64 ");
  EXPECT_EQ(told("account list", {"limit=0"}).substr(0, 3), "64 ");
  EXPECT_EQ(told("domain add", {"not a domain"}).substr(0, 3), "65 ");
  EXPECT_EQ(told("domain add", {"[127.0.0.1]"}).substr(0, 3), "65 ");
  EXPECT_EQ(*database->accounts({}), std::vector<Account>{});
}

TEST_F(Admin, PasswordsNeverShow) {
  told("domain add", {"example.test"});
  const std::string hash = "{SSHA}rTwACCatKQ8/C3MkIMF0nFnIMO9hYmNk";
  for (const std::string& answer :
       {told("account add", {"a@example.test", "password=verysecret"}), told("account add", {"b@example.test", "password_hash=" + hash}),
        told("account set", {"a@example.test", "password=verysecret\n"}), told("account list", {})}) {
    EXPECT_EQ(answer.find("verysecret"), std::string::npos) << answer;
    EXPECT_EQ(answer.find(hash.substr(6)), std::string::npos) << answer;
  }
  EXPECT_NE(told("account show", {"b@example.test"}).find(R"("scram":false,"scheme":"{SSHA}")"), std::string::npos);
}

TEST_F(Admin, Aliases) {
  told("domain add", {"example.test"});
  told("domain add", {"relay.test", "kind=relayed"});
  EXPECT_EQ(told("domain list", {}), R"([{"name":"example.test","kind":"hosted"},{"name":"relay.test","kind":"relayed"}])");
  EXPECT_EQ(told("alias add", {"staff", "ann", "Bob@Else.test", "ann"}),
            R"({"address":"staff@example.test","members":["ann@example.test","Bob@else.test"]})");
  EXPECT_EQ(told("alias add", {"staff", "carol"}),
            R"({"address":"staff@example.test","members":["ann@example.test","Bob@else.test","carol@example.test"]})");
  EXPECT_EQ(told("alias remove", {"staff", "ann"}), R"({"address":"staff@example.test","members":["Bob@else.test","carol@example.test"]})");
  EXPECT_EQ(told("alias remove", {"staff", "ann"}).substr(0, 3), "67 ");
  EXPECT_EQ(told("alias set", {"@example.test", "@relay.test"}), R"({"address":"@example.test","members":["@relay.test"]})");
  EXPECT_EQ(told("alias add", {"x", "@relay.test"}).substr(0, 3), "65 ");
  EXPECT_EQ(told("alias add", {"@example.test", "@example.test"}).substr(0, 3), "65 ");
  EXPECT_EQ(told("alias show", {"@example.test"}), R"({"address":"@example.test","members":["@relay.test"]})");
  EXPECT_EQ(told("alias set", {"null"}), R"({"address":"null@example.test","members":[]})");
  EXPECT_EQ(told("alias list", {"example.test", "limit=1"}), R"([{"address":"@example.test","members":["@relay.test"]}])");
  EXPECT_EQ(told("domain remove", {"example.test"}).substr(0, 3), "65 ");
  EXPECT_EQ(told("alias remove", {"null"}), R"({"removed":"null@example.test"})");
  EXPECT_EQ(told("alias show", {"null"}).substr(0, 3), "67 ");
}

TEST_F(Admin, Explains) {
  told("domain add", {"example.test"});
  told("account add", {"ann@example.test"});
  told("alias add", {"staff", "ann", "x@far.test"});
  EXPECT_EQ(
      told("explain", {"staff+eu"}),
      R"({"address":"staff+eu@example.test","meaning":"delivered","steps":["staff@example.test: alias for ann@example.test, x@far.test",)"
      R"("ann@example.test: account ann@example.test","x@far.test: not a domain of ours"],"targets":[)"
      R"({"address":"ann@example.test","mailbox":"mailbox:v0","home":"/mail/example.test/ann","maildir":"/mail/example.test/ann/Maildir","failure":""},)"
      R"({"address":"x@far.test","mailbox":"","home":"","maildir":"","failure":""}]})");
  EXPECT_EQ(told("explain", {"nobody"}),
            R"({"address":"nobody@example.test","meaning":"unknown user","steps":["nobody@example.test: unknown user"],"targets":[]})");
}

TEST(Quota, Forms) {
  EXPECT_EQ(parse_quota(""), (Quota{0, 0}));
  EXPECT_EQ(parse_quota("10G"), (Quota{10ull << 30, 0}));
  EXPECT_EQ(parse_quota("1000"), (Quota{1000, 0}));
  EXPECT_EQ(parse_quota("10k,500"), (Quota{10240, 500}));
  EXPECT_EQ(parse_quota("1000000S,5000C"), (Quota{1'000'000, 5000}));
  EXPECT_EQ(parse_quota("5000C,1000000S"), (Quota{1'000'000, 5000}));
  EXPECT_EQ(parse_quota("500C"), (Quota{0, 500}));
  for (const char* bad : {",", "x", "1,2,3", "M", "99999999999T", "1Q"}) EXPECT_EQ(parse_quota(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace courier::accounts
