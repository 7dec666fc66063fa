// What a stream does to the wire, as far as Linux tells.
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "runtime/listener.h"
#include "runtime/socket_address.h"
#include "runtime/stream.h"

namespace courier {
namespace {

unsigned segments_received(const Descriptor& socket) {
  tcp_info facts{};
  socklen_t size = sizeof facts;
  EXPECT_EQ(::getsockopt(socket.get(), IPPROTO_TCP, TCP_INFO, &facts, &size), 0);
  return facts.tcpi_segs_in;
}

TEST(Stream, LastWordsAndEndAreOneSegment) {
  const auto loop = make_loop();
  auto listener = bind_listener({IpAddress::v4(0x7F000001), 0, {}});
  ASSERT_TRUE(listener);
  const SocketAddress to = to_socket_address(local_endpoint(listener->get()));
  const Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), to.get(), to.length), 0);
  StreamPtr server;
  const Acceptor acceptor(*loop, std::move(*listener), [&](StreamPtr stream) {
    server = std::move(stream);
    loop->stop();
  });
  loop->run();
  const unsigned before = segments_received(client);
  ASSERT_TRUE(server->write_last("bye"));
  server.reset();
  char bytes[16];
  EXPECT_EQ(::recv(client.get(), bytes, sizeof bytes, 0), 3);
  EXPECT_EQ(::recv(client.get(), bytes, sizeof bytes, 0), 0);
  EXPECT_EQ(segments_received(client), before + 1);
}

}  // namespace
}  // namespace courier
