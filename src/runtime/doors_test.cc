#include "runtime/doors.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>

#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

// Keeps what it is told.
struct NotedTls final : TlsServerContext {
  explicit NotedTls(std::vector<std::string>& to) : keys(to) {}
  void set_ticket_keys(const TicketKeys& given) override { keys = given.keys; }
  Task<IoResult<StreamPtr>> accept(StreamPtr plain, Deadline) override { co_return std::move(plain); }
  std::vector<std::string>& keys;
};

struct DoorsTest : testing::Test {
  Doors::TlsFactory factory() {
    return [this](Loop&, const TlsServerSettings& settings) -> Result<std::unique_ptr<TlsServerContext>, std::string> {
      if (settings.certificates[0].chain_pem == "bad") return fail(std::string("no certificate"));
      return std::make_unique<NotedTls>(keys);
    };
  }
  // Takes "imap" and "imaps".
  Result<void, std::string> open(Doors& doors, std::vector<Listening>& listeners) {
    return doors.open(listeners, [this](const std::string& service) -> Result<Doors::Taker, std::string> {
      if (!service.starts_with("imap")) return fail("no such service: " + service);
      return [this, service](StreamPtr, bool implicit_tls) {
        taken.push_back(service + (implicit_tls ? " tls" : ""));
        loop->stop();
      };
    });
  }

  std::unique_ptr<Loop> loop = make_loop();
  std::vector<std::string> keys, taken;
};

TEST_F(DoorsTest, CertificatesBringTlsWithTheTicketKeys) {
  Doors doors(*loop, factory());
  doors.use_ticket_keys({"a"});
  EXPECT_TRUE(doors.use_certificates({}));
  EXPECT_EQ(doors.tls(), nullptr);
  EXPECT_TRUE(doors.use_certificates({{"chain", "key"}}));
  const auto first = doors.tls();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(keys, std::vector<std::string>{"a"});
  doors.use_ticket_keys({"b", "a"});
  EXPECT_EQ(keys, (std::vector<std::string>{"b", "a"}));
  // One that cannot be used changes nothing.
  EXPECT_FALSE(doors.use_certificates({{"bad", "key"}}));
  EXPECT_EQ(doors.tls(), first);
  EXPECT_TRUE(doors.use_certificates({}));
  EXPECT_EQ(doors.tls(), nullptr);
}

TEST_F(DoorsTest, EveryListenerHasItsTaker) {
  Doors doors(*loop, factory());
  ASSERT_TRUE(doors.use_certificates({{"chain", "key"}}));
  std::vector<Listening> listeners;
  std::vector<Descriptor> clients;
  for (const char* service : {"imap", "imaps"}) {
    auto socket = bind_listener({.ip = *IpAddress::parse("127.0.0.1"), .port = 0, .path = {}});
    ASSERT_TRUE(socket) << socket.error();
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(socket->get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    listeners.push_back({{service, "127.0.0.1:0", service == std::string("imaps")}, std::move(*socket)});
    clients.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(clients.back().get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  }
  ASSERT_TRUE(open(doors, listeners));
  while (taken.size() < 2) loop->run();
  std::ranges::sort(taken);
  EXPECT_EQ(taken, (std::vector<std::string>{"imap", "imaps tls"}));
}

TEST_F(DoorsTest, RefusesWhatItCannotServe) {
  Doors doors(*loop, factory());
  std::vector<Listening> unknown, encrypted;
  unknown.push_back({{"nntp", "here", false}, {}});
  encrypted.push_back({{"imaps", "here", true}, {}});
  EXPECT_EQ(open(doors, unknown).error(), "no such service: nntp");
  EXPECT_EQ(open(doors, encrypted).error(), "here: TLS without a certificate");
}

}  // namespace
}  // namespace courier
