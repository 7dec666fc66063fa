#include "daemons/front/front.h"

#include "daemons/front/testing/world.h"
#include "runtime/testing/manual_loop.h"

namespace courier::front {
namespace {

using testing::FakeAuth;
using testing::World;
using testing::WorldOptions;

std::string read_all(Stream& stream) {
  std::string all;
  char buffer[4096];
  for (;;) {
    const auto count = stream.read_now(buffer);
    if (!count) return all;
    all.append(buffer, *count);
  }
}

class FrontTest : public ::testing::Test {
 protected:
  std::string talk(Stream& client, std::string_view text) {
    EXPECT_TRUE(client.write_now(text));
    loop.run_ready();
    return read_all(client);
  }
  StreamPtr greeted(auth::Service service = auth::Service::Imap) {
    auto client = world.connect(service);
    loop.run_ready();
    EXPECT_NE(read_all(*client), "");
    return client;
  }
  ManualLoop loop;
  World world{loop};
};

TEST_F(FrontTest, WhatCameWithStartTlsIsDiscarded) {
  world.auth.plain = {"PLAIN"};
  const auto imap = greeted();
  EXPECT_EQ(talk(*imap, "a1 STARTTLS\r\na2 LOGIN ann secret\r\n"), "a1 OK Begin TLS negotiation now\r\n");
  EXPECT_EQ(talk(*imap, "TLS\r\n"), "");
  EXPECT_EQ(talk(*imap, "a3 NOOP\r\n"), "a3 OK NOOP completed\r\n");
  const auto pop3 = greeted(auth::Service::Pop3);
  EXPECT_EQ(talk(*pop3, "STLS\r\nUSER ann\r\nPASS secret\r\n"), "+OK Begin TLS negotiation now.\r\n");
  EXPECT_EQ(talk(*pop3, "TLS\r\n"), "");
  EXPECT_EQ(talk(*pop3, "PASS secret\r\n"), "-ERR USER first.\r\n");
  EXPECT_TRUE(world.auth.begun.empty());
}

TEST_F(FrontTest, TellsAuthWhatItKnowsOfTheConnection) {
  world.auth.plain = {"PLAIN"};
  const auto client = greeted();
  (void)talk(*client, "a1 LOGIN ann wrong\r\n");
  (void)talk(*client, "a2 STARTTLS\r\n");
  (void)talk(*client, "TLS\r\n");
  (void)talk(*client, "a3 AUTHENTICATE SCRAM-SHA-256 =\r\n");
  ASSERT_EQ(world.auth.begun.size(), 2u);
  EXPECT_EQ(world.auth.begun[0].mechanism, "PLAIN");
  EXPECT_EQ(world.auth.begun[0].initial, std::string("\0ann\0wrong", 10));
  EXPECT_FALSE(world.auth.begun[0].tls);
  EXPECT_TRUE(world.auth.begun[1].tls);
  EXPECT_EQ(world.auth.begun[1].channel_binding, "binding");
  EXPECT_TRUE(world.auth.begun[1].has_initial);
  EXPECT_EQ(world.auth.begun[1].initial, "");
}

TEST_F(FrontTest, EveryEndIsReported) {
  world.auth.plain = {"PLAIN"};
  for (const char* text : {"a1 LOGOUT\r\n", "a1 LOGIN down secret\r\n", "a1 APPEND x {1}\r\n"}) (void)talk(*greeted(), text);
  (void)greeted();  // and leaves
  loop.run_ready();
  EXPECT_EQ(world.auth.connected, 4u);
  EXPECT_EQ(world.auth.disconnected, 4u);
  EXPECT_EQ(world.front->unauthenticated(), 0u);
}

TEST_F(FrontTest, ACancelledExchangeIsCancelledAtAuth) {
  world.auth.plain = {"PLAIN"};
  const auto client = greeted();
  EXPECT_EQ(talk(*client, "a1 AUTHENTICATE PLAIN\r\n"), "+ \r\n");
  EXPECT_EQ(talk(*client, "*\r\n"), "a1 BAD Authentication aborted.\r\n");
  EXPECT_EQ(world.auth.cancelled, 1u);
}

TEST_F(FrontTest, TheOldestGivesWayWhenThereAreTooMany) {
  FrontSettings settings;
  settings.max_unauthenticated = 10;
  EXPECT_TRUE(world.front->reload(encode_settings(settings)).error.empty());
  std::vector<StreamPtr> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(world.connect(auth::Service::Imap));
    loop.run_ready();
    EXPECT_LE(world.front->unauthenticated(), 10u);
  }
  EXPECT_NE(read_all(*clients[0]).find("* BYE Too many connections are waiting to sign in\r\n"), std::string::npos);
  EXPECT_EQ(talk(*clients.back(), "a NOOP\r\n").find("a OK") != std::string::npos, true);
  EXPECT_EQ(world.auth.connected - world.auth.disconnected, 10u);
}

TEST_F(FrontTest, WhoWaitsForAuthIsNotThrownOut) {
  FrontSettings settings;
  settings.max_unauthenticated = 10;
  (void)world.front->reload(encode_settings(settings));
  world.auth.silent = true;
  std::vector<StreamPtr> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(world.connect(auth::Service::Imap));
  loop.run_ready();
  EXPECT_EQ(world.front->unauthenticated(), 10u);
  EXPECT_EQ(clients[11]->read_now(std::span<char>()).has_value(), false);
}

TEST_F(FrontTest, ANewAuthIsToldOfTheConnectionFirst) {
  world.auth.plain = {"PLAIN"};
  const auto client = greeted();
  world.restart_auth();
  loop.run_ready();
  EXPECT_EQ(talk(*client, "a1 LOGIN ann wrong\r\n"), "a1 NO [AUTHENTICATIONFAILED] Login failed.\r\n");
  EXPECT_EQ(world.auth.connected, 2u);
  EXPECT_EQ(talk(*client, "a2 LOGIN ann wrong\r\n"), "a2 NO [AUTHENTICATIONFAILED] Login failed.\r\n");
  EXPECT_EQ(world.auth.connected, 2u);
}

TEST_F(FrontTest, AnAuthThatDiesOverTheQuestionIsAskedAgain) {
  world.auth.plain = {"PLAIN"};
  const auto client = greeted();
  world.auth.silent = true;
  EXPECT_EQ(talk(*client, "a1 LOGIN ann wrong\r\n"), "");
  world.auth.silent = false;
  world.restart_auth();
  loop.run_ready();
  EXPECT_EQ(read_all(*client), "a1 NO [AUTHENTICATIONFAILED] Login failed.\r\n");
}

TEST_F(FrontTest, DrainSendsThemAway) {
  const auto client = greeted();
  auto drained = world.front->drain(loop.in(seconds(10)));
  drained.start();
  loop.run_ready();
  EXPECT_TRUE(drained.done() && drained.take());
  EXPECT_EQ(read_all(*client), "* BYE Courier-IMAP server shut down by signal.\r\n");
  EXPECT_EQ(world.auth.disconnected, 1u);
  const auto late = world.connect(auth::Service::Imap);
  loop.run_ready();
  EXPECT_EQ(read_all(*late), "");
}

}  // namespace
}  // namespace courier::front
