#include "daemons/auth/directory.h"

#include "daemons/auth/auth_fixture.h"

namespace courier::auth {
namespace {

class DirectoryTest : public testing::Test, public AuthFixture {
 protected:
  DirectoryTest() {
    connect("smtpd-mx");
    connect("queue");
    ask("domain add", {"relay.test", "kind=relayed"});
    ask("alias add", {"staff", "ann", "bob", "carol@far.test"});
    ask("alias set", {"null"});
    ask("alias add", {"fwd", "carol@far.test"});
  }
  directory::LookupReply lookup(const std::string& address) { return *call("smtpd-mx", directory::Lookup{address}); }
  directory::ExpandReply expand(const std::string& address, const std::string& cursor = {}, std::uint32_t most = 200) {
    return *call("queue", directory::Expand{address, cursor, most});
  }
};

TEST_F(DirectoryTest, LookupTellsWhatAnAddressIs) {
  using enum directory::Verdict;
  EXPECT_EQ(lookup("ann@example.test").verdict, One);
  EXPECT_EQ(lookup("ann+x@Example.TEST").target, "ann@example.test");
  EXPECT_EQ(lookup("staff@example.test").verdict, List);
  EXPECT_EQ(lookup("staff@example.test").count, 3u);
  EXPECT_EQ(lookup("null@example.test").verdict, List);
  EXPECT_EQ(lookup("fwd@example.test").target, "carol@far.test");
  EXPECT_EQ(lookup("nobody@example.test").verdict, Unknown);
  EXPECT_EQ(lookup("x@relay.test").verdict, Relayed);
  EXPECT_EQ(lookup("x@far.test").verdict, Foreign);
  EXPECT_EQ(lookup("").verdict, Unknown);
  EXPECT_EQ(lookup("postmaster").verdict, Unknown);
  ask("account disable", {"ann@example.test"});
  EXPECT_EQ(lookup("ann@example.test").verdict, Unknown);
}

TEST_F(DirectoryTest, ChangesCountAtOnce) {
  EXPECT_EQ(lookup("new@example.test").verdict, directory::Verdict::Unknown);
  ask("account add", {"new@example.test"});
  EXPECT_EQ(lookup("new@example.test").verdict, directory::Verdict::One);
  EXPECT_EQ(lookup("new@example.test").verdict, directory::Verdict::One);
  ask("account remove", {"new@example.test"});
  EXPECT_EQ(lookup("new@example.test").verdict, directory::Verdict::Unknown);
}

TEST_F(DirectoryTest, ExpandGivesEachTargetOnce) {
  const auto reply = expand("staff@example.test");
  ASSERT_EQ(reply.targets.size(), 3u);
  EXPECT_EQ(reply.targets[0].address, "ann@example.test");
  EXPECT_EQ(reply.targets[0].kind, directory::TargetKind::Mailbox);
  EXPECT_TRUE(reply.targets[0].mailbox.starts_with("mailbox:v"));
  EXPECT_EQ(reply.targets[2].kind, directory::TargetKind::Remote);
  EXPECT_TRUE(reply.was_alias);
  EXPECT_TRUE(reply.next.empty());
  EXPECT_FALSE(expand("ann@example.test").was_alias);
  EXPECT_EQ(expand("nobody@example.test").targets[0].kind, directory::TargetKind::Failed);
  EXPECT_EQ(expand("x@far.test").targets[0].kind, directory::TargetKind::Remote);
  EXPECT_TRUE(expand("null@example.test").targets.empty());
}

TEST_F(DirectoryTest, ExpandInChunksSurvivesAChange) {
  std::vector<std::string> members{"big"};
  for (int i = 0; i < 2500; ++i) members.push_back("m" + std::to_string(100000 + i) + "@far.test");
  ASSERT_EQ(ask("alias set", members).status, 0);
  std::vector<std::string> got;
  std::string cursor;
  do {
    const auto reply = expand("big@example.test", cursor, 700);
    for (const auto& target : reply.targets) got.push_back(target.address);
    if (cursor.empty()) {
      ask("alias add", {"big", "a-new-one@far.test"});
    }
    cursor = reply.next;
  } while (!cursor.empty());
  EXPECT_EQ(got, std::vector<std::string>(members.begin() + 1, members.end()));
}

TEST_F(DirectoryTest, ExpandStartsTheProcessOfASystemAccount) {
  ask("account set", {"bob@example.test", "uid=1000", "gid=1000", "home=/home/bob"});
  const auto reply = expand("bob@example.test");
  EXPECT_EQ(reply.targets[0].mailbox, "mailbox:u1000");
  ASSERT_EQ(ensured.size(), 1u);
  EXPECT_EQ(ensured[0].root, "/home/bob");
}

}  // namespace
}  // namespace courier::auth
