#include "store/folder/adopt.h"

#include <gtest/gtest.h>

#include "runtime/testing/simulated_disk.h"
#include "store/folder/subscriptions.h"
#include "store/maildir/maildir.h"

namespace courier::store {
namespace {

using Words = std::vector<std::string>;

TEST(Adopt, CourierUidMap) {
  const Adopted map = parse_courier_uiddb("1 766812345 412\n407 1767225600.M1.h,S=2310\nnoise\n411 1767225611.M2.h x\n");
  EXPECT_EQ(map.uid_validity, UidValidity(766812345));
  EXPECT_EQ(map.uid_next, Uid(412));
  ASSERT_EQ(map.messages.size(), 2u);
  EXPECT_EQ(map.messages[0].uid, Uid(407));
  EXPECT_EQ(map.messages[0].file_name, "1767225600.M1.h,S=2310");
  EXPECT_EQ(map.messages[1].file_name, "1767225611.M2.h x");
  for (const char* bad : {"", "2 5 6\n", "1 x 6\n", "1 5\n", "garbage"}) EXPECT_EQ(parse_courier_uiddb(bad).uid_validity.value, 0u) << bad;
  // UIDNEXT is above every UID, whatever the header says.
  EXPECT_EQ(parse_courier_uiddb("1 5 2\n9 a\n").uid_next, Uid(10));
}

TEST(Adopt, DovecotUidList) {
  const Adopted map = parse_dovecot_uidlist(
      "3 V1275660208 N25022 Gabc\n25006 W3000 PUidl:x :1276528487.M364837P9451.kurkku,S=1355\n25017 :1276533073.M242911\n");
  EXPECT_EQ(map.uid_validity, UidValidity(1275660208));
  EXPECT_EQ(map.uid_next, Uid(25022));
  ASSERT_EQ(map.messages.size(), 2u);
  EXPECT_EQ(map.messages[0].unique_id, "Uidl:x");
  EXPECT_EQ(map.messages[0].file_name, "1276528487.M364837P9451.kurkku,S=1355");
  EXPECT_EQ(parse_dovecot_uidlist("1 7 8\n3 name\n").messages[0].file_name, "name");
  EXPECT_EQ(parse_dovecot_uidlist("4 V1 N2\n").uid_validity.value, 0u);
}

TEST(Adopt, KeywordFiles) {
  const auto list = parse_courier_keywords("Work\n$Forwarded\n\n1.a,S=1:0 1\n1.b:1\n1.c:7\nbad\n");
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].first, "1.a,S=1");
  EXPECT_EQ(list[0].second, (Words{"Work", "$Forwarded"}));
  EXPECT_EQ(list[1].second, (Words{"$Forwarded"}));
  EXPECT_TRUE(list[2].second.empty());
  EXPECT_EQ(parse_dovecot_keywords("0 $Junk\n2 Work\nx\n99 no\n"), (Words{"$Junk", "", "Work"}));
}

TEST(Adopt, Pop3List) {
  const auto list = parse_courier_pop3_list("/3 118 1700000000\n1.a,S=2310:2,S 2365 116:1700000000:0\n1.b 934 117:0:0\nbad line\n");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0], (std::pair<std::string, std::string>{"1.a,S=2310:2,S", "UID116-1700000000"}));
  EXPECT_EQ(list[1].second, "UID117");
  EXPECT_EQ(parse_courier_pop3_list("/2 118 5\n1.a 9 4:5\n")[0].second, "UID4-5");
  EXPECT_TRUE(parse_courier_pop3_list("/1 118 5\n1.a 9 4:5\n").empty());
}

class AdoptFolder : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(make_maildir(disk, "/m")); }
  void put(const std::string& path, std::string_view content = "x") {
    const auto file = disk.open(path, OpenMode::Create);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, content));
  }
  SimulatedDisk disk;
};

TEST_F(AdoptFolder, CourierWithPendingKeywordUpdates) {
  put("/m/courierimapuiddb", "1 100 5\n1 1.a,S=1\n2 1.b\n3 1.c\n");
  ASSERT_TRUE(disk.make_directory("/m/courierimapkeywords", 0700));
  put("/m/courierimapkeywords/:list", "Old\n\n1.a,S=1:0\n1.b:0\n1.c:0\n");
  put("/m/courierimapkeywords/.5.1.b", "Five\n");
  put("/m/courierimapkeywords/.7.1.b", "Seven\n");
  put("/m/courierimapkeywords/.9.1.c", "Nine\n");
  put("/m/courierimapkeywords/1.c", "");
  put("/m/courierpop3dsizelist", "/3 9 55\n1.b:2,S 10 7:55:0\n1.new 10 8:55:0\n");
  const Adopted adopted = Adopted::read(disk, "/m");
  ASSERT_EQ(adopted.messages.size(), 3u);
  EXPECT_EQ(adopted.messages[0].keywords, (Words{"Old"}));
  EXPECT_EQ(adopted.messages[1].keywords, (Words{"Seven"}));
  EXPECT_EQ(adopted.messages[1].unique_id, "UID7-55");
  EXPECT_TRUE(adopted.messages[2].keywords.empty());
  ASSERT_EQ(adopted.unique_ids.size(), 1u);
  EXPECT_EQ(adopted.unique_ids[0].first, "1.new");
}

TEST_F(AdoptFolder, DovecotWithLetters) {
  put("/m/dovecot-uidlist", "3 V7 N3\n1 :1.a,S=1\n2 :1.b\n");
  put("/m/dovecot-keywords", "0 $Junk\n1 Work\n");
  put("/m/cur/1.a,S=1:2,Sab");
  const Adopted adopted = Adopted::read(disk, "/m");
  ASSERT_EQ(adopted.messages.size(), 2u);
  EXPECT_EQ(adopted.messages[0].keywords, (Words{"$Junk", "Work"}));
}

TEST_F(AdoptFolder, NothingThere) { EXPECT_EQ(Adopted::read(disk, "/m").uid_validity.value, 0u); }

std::vector<std::string> paths(const std::vector<FolderName>& names) {
  std::vector<std::string> result;
  for (const FolderName& name : names) result.push_back(name.path());
  return result;
}

TEST_F(AdoptFolder, Subscriptions) {
  EXPECT_TRUE(read_subscriptions(disk, "/m")->empty());
  put("/m/subscriptions", "V\t2\n\nWork\t2024\nINBOX\nINBOX\tSent\n");
  EXPECT_EQ(paths(*read_subscriptions(disk, "/m")), (Words{"", "Sent", "Work.2024"}));
  ASSERT_TRUE(change_subscription(disk, "/m", *FolderName::parse("Neu"), true));
  ASSERT_TRUE(change_subscription(disk, "/m", *FolderName::parse("Sent"), false));
  ASSERT_TRUE(change_subscription(disk, "/m", *FolderName::parse("Sent"), false));
  EXPECT_EQ(paths(*read_subscriptions(disk, "/m")), (Words{"", "Neu", "Work.2024"}));
  EXPECT_EQ(read_file(disk, "/m/courierimapsubscribed"), "INBOX\nINBOX.Work.2024\nINBOX.Neu\n");
  // Lines of other kinds stay.
  put("/m/courierimapsubscribed", "#shared.x.y\ninbox.Work\n");
  ASSERT_TRUE(change_subscription(disk, "/m", FolderName(), true));
  EXPECT_TRUE(read_file(disk, "/m/courierimapsubscribed")->starts_with("#shared.x.y\n"));
}

}  // namespace
}  // namespace courier::store
