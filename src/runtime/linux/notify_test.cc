#include "runtime/notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace courier {
namespace {

// What systemd's end of the protocol sees.
struct Listener {
  explicit Listener(const std::string& name) : socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  [[nodiscard]] std::string next() const {
    char text[256];
    const ssize_t n = ::recv(socket.get(), text, sizeof text, 0);
    return n < 0 ? "(nothing)" : std::string(text, static_cast<std::size_t>(n));
  }
  Descriptor socket;
};

TEST(ServiceManager, TellsWhoeverAsked) {
  const std::string name = "courier-notify-test-" + std::to_string(::getpid());
  const Listener listener(name);
  ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  ServiceManager manager;
  EXPECT_EQ(::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(manager.watchdog(), seconds(15));
  manager.ready("serving");
  EXPECT_EQ(listener.next(), "READY=1\nSTATUS=serving");
  manager.reloading();
  EXPECT_EQ(listener.next().substr(0, 27), "RELOADING=1\nMONOTONIC_USEC=");
  manager.still_alive();
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
  manager.stopping();
  EXPECT_EQ(listener.next(), "STOPPING=1");
}

TEST(ServiceManager, IsSilentWhenNobodyAsked) {
  ::unsetenv("NOTIFY_SOCKET");
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  ServiceManager manager;
  manager.ready("serving");
  EXPECT_EQ(manager.watchdog(), seconds(0));
}

}  // namespace
}  // namespace courier
