#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/listener.h"
#include "runtime/socket_address.h"
#include "runtime/stream.h"

namespace courier {
namespace {

// A blocking client, and the stream that an acceptor made of its connection.
struct Connection {
  explicit Connection(const Endpoint& at = {IpAddress::v4(0x7F000001), 0, {}}) {
    auto listener = bind_listener(at);
    CHECK(listener);
    const SocketAddress to = to_socket_address(at.is_unix() ? at : local_endpoint(listener->get()));
    client = Descriptor(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(::connect(client.get(), to.get(), to.length) == 0);
    acceptor = std::make_unique<Acceptor>(*loop, std::move(*listener), [this](StreamPtr stream) {
      server = std::move(stream);
      loop->stop();
    });
    loop->run();
  }
  // What the client reads until the connection ends.
  std::string rest() const {
    std::string out;
    char bytes[64];
    ssize_t n = 0;
    while ((n = ::recv(client.get(), bytes, sizeof bytes, 0)) > 0) out.append(bytes, static_cast<std::size_t>(n));
    return out;
  }
  std::unique_ptr<Loop> loop = make_loop();
  Descriptor client;
  StreamPtr server;
  std::unique_ptr<Acceptor> acceptor;
};

TEST(AcceptedStream, KnowsWhoConnected) {
  const Connection connection;
  EXPECT_EQ(connection.server->peer(), local_endpoint(connection.client.get()));
  EXPECT_EQ(connection.server->local(), peer_endpoint(connection.client.get()));
}

TEST(AcceptedStream, DoesNotWaitForMoreToSend) {
  const Connection connection;
  const Descriptor socket = connection.server->release_socket();
  int on = 0;
  socklen_t size = sizeof on;
  ASSERT_EQ(::getsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
  EXPECT_NE(on, 0);
}

TEST(AcceptedStream, IsAUnixOneToo) {
  const std::string path = testing::TempDir() + "courier-stream-" + std::to_string(::getpid());
  const Connection connection({{}, 0, path});
  EXPECT_TRUE(connection.server->peer().is_unix());
  ASSERT_TRUE(connection.server->write_last("bye"));
  EXPECT_EQ(connection.rest(), "bye");
  ::unlink(path.c_str());
}

TEST(Stream, AfterItsLastWordsNothingIsWrittenAndReadingGoesOn) {
  const Connection connection;
  EXPECT_EQ(*connection.server->write_last("bye"), 3u);
  EXPECT_EQ(connection.rest(), "bye");
  EXPECT_EQ(connection.server->write_now("x").error().fault, IoFault::Reset);
  ASSERT_EQ(::send(connection.client.get(), "thanks", 6, 0), 6);
  char bytes[16];
  EXPECT_EQ(*connection.server->read_now(bytes), 6u);
}

// A socket that is closed with unread bytes resets the connection and drops what it held back.
TEST(Stream, LastWordsArriveThoughBytesWereNotRead) {
  Connection connection;
  ASSERT_EQ(::send(connection.client.get(), "more", 4, 0), 4);
  pollfd sent{.fd = connection.client.get(), .events = POLLOUT, .revents = 0};
  ASSERT_EQ(::poll(&sent, 1, 1000), 1);
  ASSERT_TRUE(connection.server->write_last("bye"));
  connection.server.reset();
  EXPECT_EQ(connection.rest(), "bye");
}

// Those that are not taken at once are not the last yet.
TEST(Stream, LastWordsThatDoNotFitDoNotEndTheStream) {
  const Connection connection;
  const std::string words(64u << 20, 'x');
  const auto taken = connection.server->write_last(words);
  ASSERT_TRUE(taken);
  ASSERT_LT(*taken, words.size());
  EXPECT_EQ(connection.server->write_last("x").error().fault, IoFault::WouldBlock);
  std::string bytes(*taken, '\0');
  ASSERT_EQ(::recv(connection.client.get(), bytes.data(), bytes.size(), MSG_WAITALL), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(*connection.server->write_last("y"), 1u);
  EXPECT_EQ(connection.rest(), "y");
}

TEST(Stream, LastWordsInMemoryEndTheStream) {
  const auto loop = make_loop();
  const StreamPair pair = make_memory_streams(*loop, 4);
  EXPECT_EQ(*pair.first->write_last("farewell"), 4u);
  char bytes[16];
  EXPECT_EQ(*pair.second->read_now(bytes), 4u);
  EXPECT_EQ(pair.second->read_now(bytes).error().fault, IoFault::WouldBlock);
  EXPECT_EQ(*pair.first->write_last("well"), 4u);
  EXPECT_EQ(*pair.second->read_now(bytes), 4u);
  EXPECT_EQ(pair.second->read_now(bytes).error().fault, IoFault::Closed);
}

}  // namespace
}  // namespace courier
