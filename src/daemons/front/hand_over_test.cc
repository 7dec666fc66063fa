// Hand-over on the real loop: sockets that pass between processes cannot be played in memory.
#include "base/encode.h"
#include "daemons/front/testing/world.h"
#include "runtime/channel.h"
#include "runtime/task_group.h"
#include "wire/sasl/client.h"

namespace courier::front {
namespace {

using testing::World;

class HandOverTest : public ::testing::Test {
 protected:
  HandOverTest() { world.auth.plain = {"PLAIN"}; }

  // The client's end of a real socket; `tls`: front believes it to be TLS after the fake handshake.
  StreamPtr connect(auth::Service service, bool tls) {
    SocketPair pair = make_socket_pair();
    world.front->take(service, tls, make_socket_stream(*loop, std::move(pair.first)));
    return make_socket_stream(*loop, std::move(pair.second));
  }
  // Writes and reads until `until` has come, or the stream ends.
  std::string talk(Stream& stream, std::string text, std::string until) {
    return run_until_done(*loop, converse(stream, std::move(text), std::move(until)));
  }
  Task<std::string> converse(Stream& stream, std::string text, std::string until) {
    if (!text.empty()) (void)co_await write_all(stream, text, loop->in(seconds(5)));
    std::string all;
    char buffer[4096];
    while (until.empty() || all.find(until) == std::string::npos) {
      const auto count = co_await read_some(stream, buffer, loop->in(seconds(5)));
      if (!count) {
        all += count.error() == IoFault::TimedOut ? "<timed out>" : "<end>";
        break;
      }
      all.append(buffer, *count);
    }
    co_return all;
  }
  Task<> send(Stream& stream, std::string text) { (void)co_await write_all(stream, text, loop->in(seconds(10))); }
  Task<> wait_for_session() {
    for (int i = 0; i < 1000 && world.mailbox.sessions.empty(); ++i) co_await loop->sleep(milliseconds(2));
  }
  void wait_until_handed_over() { run_until_done(*loop, wait_for_session()); }
  StreamPtr inner() { return make_socket_stream(*loop, std::move(world.mailbox.sessions.at(0).socket)); }

  std::unique_ptr<Loop> loop = make_loop();
  World world{*loop};
};

TEST_F(HandOverTest, APlainSessionIsTheClientsOwnSocket) {
  const auto client = connect(auth::Service::Imap, false);
  (void)talk(*client, "", "ready\r\n");
  ASSERT_TRUE(client->write_now("a1 LOGIN ann secret\r\na2 SELECT INBOX\r\na3"));
  wait_until_handed_over();
  const mailbox::HandOver& message = world.mailbox.sessions.at(0).message;
  EXPECT_EQ(message.ticket, 77u);
  EXPECT_EQ(message.tag, "a1");
  EXPECT_EQ(message.buffered, "a2 SELECT INBOX\r\na3");
  EXPECT_FALSE(message.tls);
  EXPECT_EQ(message.connection, 1u);
  EXPECT_EQ(world.front->pumped(), 0u);
  const auto session = inner();
  ASSERT_TRUE(session->write_now("a1 OK\r\n"));
  EXPECT_EQ(talk(*client, " NOOP\r\n", "OK\r\n"), "a1 OK\r\n");
  EXPECT_EQ(talk(*session, "", "NOOP\r\n"), " NOOP\r\n");
  EXPECT_EQ(world.front->unauthenticated(), 0u);
  EXPECT_EQ(world.auth.disconnected, 0u);
}

TEST_F(HandOverTest, Pop3) {
  const auto client = connect(auth::Service::Pop3, false);
  (void)talk(*client, "", "\r\n");
  ASSERT_TRUE(client->write_now("USER ann\r\nPASS secret\r\nSTAT\r\n"));
  wait_until_handed_over();
  EXPECT_EQ(world.mailbox.sessions.at(0).message.service, auth::Service::Pop3);
  EXPECT_EQ(world.mailbox.sessions.at(0).message.buffered, "STAT\r\n");
  // The pipelined USER was answered before the socket went away.
  EXPECT_EQ(talk(*client, "", "Password required.\r\n"), "+OK Password required.\r\n");
}

TEST_F(HandOverTest, ATlsSessionIsPumpedBothWays) {
  const auto client = connect(auth::Service::Imap, true);
  (void)talk(*client, "TLS\r\n", "ready\r\n");
  ASSERT_TRUE(client->write_now("a1 LOGIN ann secret\r\na2"));
  wait_until_handed_over();
  EXPECT_TRUE(world.mailbox.sessions.at(0).message.tls);
  EXPECT_EQ(world.mailbox.sessions.at(0).message.buffered, "a2");
  const auto session = inner();
  std::string big(3'000'000, 'x');
  for (std::size_t i = 0; i < big.size(); i += 1000) big[i] = static_cast<char>('a' + i / 1000 % 26);
  TaskGroup writers(*loop, no_exceptions());
  writers.spawn(send(*session, big + "end"));
  writers.spawn(send(*client, big + "fin"));
  EXPECT_TRUE(talk(*client, "", "end") == big + "end");
  EXPECT_TRUE(talk(*session, "", "fin") == big + "fin");
  EXPECT_EQ(world.front->pumped(), 1u);
  // The client is done; the mailbox still may speak; then both are.
  client->finish_writing();
  EXPECT_EQ(talk(*session, "", ""), "<end>");
  EXPECT_EQ(talk(*session, "* BYE\r\n", "x"), "<end>");
  session->finish_writing();
  EXPECT_EQ(talk(*client, "", ""), "* BYE\r\n<end>");
  run_until_done(*loop, loop->sleep(milliseconds(20)));
  EXPECT_EQ(world.front->pumped(), 0u);
  EXPECT_EQ(world.auth.disconnected, 0u);
}

TEST_F(HandOverTest, AClientThatVanishesEndsTheMailboxSide) {
  auto client = connect(auth::Service::Imap, true);
  (void)talk(*client, "TLS\r\n", "ready\r\n");
  ASSERT_TRUE(client->write_now("a1 LOGIN ann secret\r\n"));
  wait_until_handed_over();
  client.reset();
  EXPECT_EQ(talk(*inner(), "", ""), "<end>");
}

TEST_F(HandOverTest, ScramWithItsLastRoundThenHandsOver) {
  const auto client = connect(auth::Service::Imap, true);
  (void)talk(*client, "TLS\r\n", "ready\r\n");
  const auto machine = sasl::make_client_exchange("SCRAM-SHA-256-PLUS", {"ann", "secret"}, {"clientnonce123456789", "binding", true});
  std::string send = "a1 AUTHENTICATE SCRAM-SHA-256-PLUS " + base64_encode(*machine->initial()) + "\r\n";
  for (int round = 0; round < 2; ++round) {
    const std::string challenge = talk(*client, send, "\r\n");
    ASSERT_TRUE(challenge.starts_with("+ ")) << challenge;
    const auto response = machine->respond(*base64_decode(challenge.substr(2, challenge.size() - 4)));
    ASSERT_TRUE(response) << response.error();
    send = base64_encode(*response) + "\r\n";
  }
  EXPECT_EQ(send, "\r\n");
  ASSERT_TRUE(client->write_now(send));
  wait_until_handed_over();
  EXPECT_TRUE(machine->satisfied());
  EXPECT_EQ(world.mailbox.sessions.at(0).message.tag, "a1");
}

TEST_F(HandOverTest, AMailboxThatRefusesIsATemporaryProblem) {
  world.mailbox.accepts = false;
  for (const bool tls : {false, true}) {
    const auto client = connect(auth::Service::Imap, tls);
    (void)talk(*client, tls ? "TLS\r\n" : "", "ready\r\n");
    EXPECT_EQ(talk(*client, "a1 LOGIN ann secret\r\n", ""), "* BYE [UNAVAILABLE] Temporary problem, please try again later\r\n<end>");
  }
  run_until_done(*loop, loop->sleep(milliseconds(20)));
  EXPECT_EQ(world.auth.disconnected, 2u);
  EXPECT_EQ(world.front->pumped(), 0u);
}

}  // namespace
}  // namespace courier::front
