#include "runtime/platform.h"

#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace courier {
namespace {

// KiB of this program's code that are mapped now.
long mapped_code() {
  std::ifstream maps("/proc/self/smaps");
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  bool ours = false;
  long sum = 0;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string first, second;
    words >> first >> second;
    if (first.find('-') != std::string::npos) ours = second.find('x') != std::string::npos && line.ends_with(program);
    if (ours && first == "Rss:") sum += std::stol(second);
  }
  return sum;
}

TEST(GiveBackMemory, UnmapsCodeThatComesBackWhenItRuns) {
  const long before = mapped_code();
  platform::give_back_memory();
  const long after = mapped_code();
  EXPECT_GT(after, 0);
  EXPECT_LT(after, before);
}

// Two ends of a connection on loopback.
struct Connection {
  Connection() {
    const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener.get(), at, length) | ::listen(listener.get(), 1) | ::getsockname(listener.get(), at, &length), 0);
    client = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), at, length), 0);
    server = Descriptor(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  static void pass(const Descriptor& from, const Descriptor& to) {
    char byte = 'x';
    EXPECT_EQ(::send(from.get(), &byte, 1, 0), 1);
    EXPECT_EQ(::recv(to.get(), &byte, 1, 0), 1);
  }
  [[nodiscard]] int unacknowledged() const {
    int bytes = -1;
    EXPECT_EQ(::ioctl(client.get(), SIOCOUTQ, &bytes), 0);
    return bytes;
  }
  Descriptor client, server;
};

TEST(AcknowledgeNow, DoesNotWaitForAnAnswerToCarryIt) {
  const Connection connection;
  // A dialogue: from now on the system expects that each message is answered, and the answer acknowledges it.
  for (int i = 0; i < 30; ++i) {
    Connection::pass(connection.client, connection.server);
    Connection::pass(connection.server, connection.client);
  }
  Connection::pass(connection.client, connection.server);
  EXPECT_EQ(connection.unacknowledged(), 1);
  platform::acknowledge_now(connection.server.get());
  EXPECT_EQ(connection.unacknowledged(), 0);
}

}  // namespace
}  // namespace courier
