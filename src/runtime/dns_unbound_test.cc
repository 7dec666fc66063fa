#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <gtest/gtest.h>

#include "base/descriptor.h"
#include "runtime/dns.h"
#include "runtime/task_group.h"

namespace courier {
namespace {

// A UDP socket on loopback that takes questions and never answers.
struct SilentServer {
  SilentServer() : socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t length = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
    const timeval patience{5, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    text = "127.0.0.1@" + std::to_string(ntohs(address.sin_port));
  }
  Descriptor socket;
  std::string text;
};

TEST(UnboundResolver, FaultsOfSettingsAreNamed) {
  const auto loop = make_loop();
  DnsSettings settings;
  settings.servers = {"not an address"};
  std::string error;
  EXPECT_EQ(make_unbound_resolver(*loop, settings, &error), nullptr);
  EXPECT_TRUE(error.starts_with("server not an address: ")) << error;
}

TEST(UnboundResolver, LocalZonesAreAnsweredWithoutAskingAnyone) {
  const auto loop = make_loop();
  SilentServer server;
  DnsSettings settings;
  settings.servers = {server.text};
  settings.local_zones = {"example.test"};
  const auto resolver = make_unbound_resolver(*loop, settings);
  ASSERT_TRUE(resolver);
  const auto answer = run_until_done(*loop, resolver->mx("host.example.test", loop->in(seconds(2))));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), DnsFault::NoName);
  char question[512];
  EXPECT_EQ(::recv(server.socket.get(), question, sizeof question, MSG_DONTWAIT), -1);
}

TEST(UnboundResolver, ASilentServerMeansTryAgainAtTheDeadline) {
  const auto loop = make_loop();
  SilentServer server;
  DnsSettings settings;
  settings.servers = {server.text};
  const auto resolver = make_unbound_resolver(*loop, settings);
  ASSERT_TRUE(resolver);
  const Instant start = loop->now();
  const auto answer = run_until_done(*loop, resolver->a("mx.example.test", loop->in(milliseconds(50))));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), DnsFault::TryAgain);
  EXPECT_LT((loop->now() - start).milliseconds(), 4'000);
  char question[512];
  EXPECT_GT(::recv(server.socket.get(), question, sizeof question, 0), 12);  // test. is asked of a server of our own
}

Task<> ask_and_note(Resolver& resolver, Deadline deadline, int& answers) {
  const auto answer = co_await resolver.a("mx.example.test", deadline);
  if (!answer) ++answers;
}

TEST(UnboundResolver, AQuestionWhoseAskerIsGoneIsForgotten) {
  const auto loop = make_loop();
  SilentServer server;
  DnsSettings settings;
  settings.servers = {server.text};
  const auto resolver = make_unbound_resolver(*loop, settings);
  int answers = 0;
  {
    TaskGroup group(*loop, no_exceptions());
    group.spawn(ask_and_note(*resolver, Deadline::never(), answers));
    group.spawn(ask_and_note(*resolver, loop->in(milliseconds(200)), answers));
    run_until_done(*loop, loop->sleep(milliseconds(1)));
  }
  run_until_done(*loop, loop->sleep(milliseconds(220)));
  EXPECT_EQ(answers, 0);
}

TEST(UnboundResolver, NamesThatCannotBeDoNotExistAndDnssecIsOffWithoutARootKey) {
  const auto loop = make_loop();
  DnsSettings settings;
  settings.servers = {"127.0.0.1@9"};
  const auto resolver = make_unbound_resolver(*loop, settings);
  const auto answer = run_until_done(*loop, resolver->a(std::string(300, 'a'), loop->in(seconds(2))));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), DnsFault::NoName);
  EXPECT_FALSE(run_until_done(*loop, resolver->dnssec_works(loop->in(seconds(2)))));
}

}  // namespace
}  // namespace courier
