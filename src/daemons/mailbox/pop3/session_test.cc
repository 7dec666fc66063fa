#include "daemons/mailbox/pop3/pop3.h"

#include <gtest/gtest.h>

#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"
#include "store/folder/store.h"

namespace courier::mailbox {
namespace {

class Pop3SessionTest : public testing::Test {
 protected:
  Pop3SessionTest() {
    disk.set_clock([this] { return loop.wall_now(); });
    for (const char* folder : {"/m", "/m/tmp", "/m/new", "/m/cur"}) EXPECT_TRUE(disk.make_directory(folder, 0700));
    store = std::make_unique<store::Store>(loop, disk, *pool, nullptr, nullptr, store::StoreSettings{.host_name = "mx", .process_id = 7});
  }
  ~Pop3SessionTest() override {
    life = {};
    session.reset();
    loop.run_ready();
    store.reset();
  }

  void put(const std::string& path, std::string_view content) {
    const auto file = disk.open(path, OpenMode::CreateNew);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(0, content));
  }
  std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> out;
    for (const DirectoryEntry& entry : disk.list(folder).value()) out.push_back(entry.name);
    return out;
  }
  // Begins a session; gives what it says first.
  std::string begin() {
    StreamPair pair = make_memory_streams(loop, 1u << 20);
    client = std::move(pair.second);
    session = make_pop3_session(
        {.loop = loop,
         .log = no_log(),
         .stream = std::move(pair.first),
         .account = store->account({.address = "ann@example.test", .maildir = "/m", .quota_bytes = 0, .quota_messages = 0}),
         .session = "s",
         .peer = "192.0.2.7",
         .tls = false,
         .first_output = {},
         .tag = {},
         .buffered = {}},
        settings, probe);
    life = live();
    life.start();
    return say("");
  }
  Task<> live() {
    co_await session->run();
    ended = true;
  }
  std::string say(std::string_view text) {
    if (!text.empty()) EXPECT_TRUE(client->write_now(text));
    std::string out;
    char buffer[65536];
    loop.run_ready();
    while (const auto got = client->read_now(buffer)) {
      out.append(buffer, *got);
      loop.run_ready();
    }
    return out;
  }

  ManualLoop loop;
  SimulatedDisk disk;
  Metrics metrics;
  Pop3Settings settings;
  Pop3Probe probe{no_log(), metrics};
  std::unique_ptr<Pool> pool = make_inline_pool(loop);
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Session> session;
  StreamPtr client;
  Task<> life;
  bool ended = false;
};

TEST_F(Pop3SessionTest, SendsALargeMessageByteForByte) {
  std::string stored = "Subject: large\n\n", sent = "+OK Message follows.\r\nSubject: large\r\n\r\n";
  for (int i = 0; i < 30'000; ++i) {
    stored += ".line " + std::to_string(i) + '\n';
    sent += "..line " + std::to_string(i) + "\r\n";
  }
  put("/m/new/1.Q1R0.mx", stored);
  begin();
  EXPECT_EQ(say("RETR 1\r\n"), sent + ".\r\n");
  // What LIST tells is what came, without the reply and the doubled dots.
  const std::size_t octets = sent.size() - std::string_view("+OK Message follows.\r\n").size() - 30'000;
  EXPECT_EQ(say("LIST 1\r\n"), "+OK 1 " + std::to_string(octets) + "\r\n");
}

TEST_F(Pop3SessionTest, RetrMarksSeenAndTopDoesNot) {
  put("/m/new/1.Q1R0.mx", "Subject: x\n\nbody\n");
  put("/m/new/2.Q2R0.mx", "Subject: y\n\nbody\n");
  begin();
  say("TOP 1 0\r\nRETR 2\r\nQUIT\r\n");
  EXPECT_TRUE(ended);
  std::vector<std::string> left = names("/m/cur");
  std::sort(left.begin(), left.end());
  ASSERT_EQ(left.size(), 2u);
  EXPECT_FALSE(left[0].ends_with("S")) << left[0];
  EXPECT_TRUE(left[1].ends_with(":2,S")) << left[1];
}

TEST_F(Pop3SessionTest, RemovesAtQuitOnly) {
  put("/m/new/1.Q1R0.mx", "Subject: x\n\nbody\n");
  put("/m/new/2.Q2R0.mx", "Subject: y\n\nbody\n");
  begin();
  say("DELE 1\r\n");
  EXPECT_EQ(names("/m/cur").size(), 2u);
  client.reset();
  loop.run_ready();
  EXPECT_TRUE(ended);
  EXPECT_EQ(names("/m/cur").size(), 2u);
  life = {};
  session.reset();
  begin();
  EXPECT_EQ(say("DELE 1\r\nQUIT\r\n"), "+OK Deleted.\r\n+OK Bye-bye.\r\n");
  EXPECT_EQ(names("/m/cur").size(), 1u);
}

TEST_F(Pop3SessionTest, SaysWhenAMessageIsGone) {
  put("/m/new/1.Q1R0.mx", "Subject: x\n\nbody\n");
  put("/m/new/2.Q2R0.mx", "Subject: y\n\nbody\n");
  begin();
  const std::string name = names("/m/cur").front();
  ASSERT_TRUE(disk.unlink("/m/cur/" + name));
  const std::string both = say("RETR 1\r\nRETR 2\r\n");
  EXPECT_NE(both.find("-ERR Can't open the message file - it's gone!\r\n"), std::string::npos);
  EXPECT_NE(both.find("+OK Message follows.\r\nSubject: "), std::string::npos);
}

TEST_F(Pop3SessionTest, FindsAMessageThatAnotherProgramRenamed) {
  put("/m/new/1.Q1R0.mx", "Subject: x\n\nbody\n");
  begin();
  const std::string name = names("/m/cur").front();
  ASSERT_TRUE(disk.rename("/m/cur/" + name, "/m/cur/1.Q1R0.mx:2,FS"));
  EXPECT_NE(say("RETR 1\r\n").find("Subject: x\r\n"), std::string::npos);
}

TEST_F(Pop3SessionTest, UniqueIdsStayTheSame) {
  put("/m/new/1.Q1R0.mx", "Subject: x\n\nbody\n");
  put("/m/new/2.Q2R0.mx", "Subject: y\n\nbody\n");
  begin();
  const std::string before = say("UIDL 2\r\n");
  say("DELE 1\r\nQUIT\r\n");
  life = {};
  session.reset();
  begin();
  const std::string after = say("UIDL 1\r\n");
  EXPECT_EQ(before.substr(6), after.substr(6));
  EXPECT_GT(after.size(), 9u);
}

TEST_F(Pop3SessionTest, AnInboxThatCannotBeOpenedIsNoSignIn) {
  ASSERT_TRUE(remove_tree(disk, "/m"));
  put("/m", "a file where the mailbox should be");
  EXPECT_EQ(begin(), "-ERR [SYS/TEMP] The mailbox cannot be opened now.\r\n");
  EXPECT_TRUE(ended);
}

TEST_F(Pop3SessionTest, DrainEndsIt) {
  begin();
  session->drain();
  loop.run_ready();
  EXPECT_TRUE(ended);
}

TEST_F(Pop3SessionTest, MayBeDestroyedWhileItWaits) {
  begin();
  life = {};
  session.reset();
  loop.run_ready();
  EXPECT_EQ(client->read_now({}).error().fault, IoFault::Closed);
}

}  // namespace
}  // namespace courier::mailbox
