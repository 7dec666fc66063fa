// The resolver against a real authoritative server: NSD, started privately on a free loopback port.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/descriptor.h"
#include "runtime/dns.h"
#include "runtime/sandbox.h"

namespace courier {
namespace {

constexpr const char* zone_text = R"($ORIGIN example.test.
$TTL 60
@       SOA ns hostmaster 1 3600 600 86400 60
        NS  ns
        MX  20 Backup
        MX  10 mx
        TXT "v=spf1 " "mx -all"
ns      A 127.0.0.1
mx      A 192.0.2.1
        A 192.0.2.2
        AAAA 2001:db8::1
backup  A 192.0.2.3
nomail  MX 0 .
alias   CNAME mx
_25._tcp.mx TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
)";
constexpr const char* reverse_text = R"($ORIGIN 2.0.192.in-addr.arpa.
$TTL 60
@  SOA ns.example.test. hostmaster.example.test. 1 3600 600 86400 60
   NS ns.example.test.
1  PTR mx.example.test.
)";

class Nsd {
 public:
  Nsd() : directory_(std::filesystem::temp_directory_path() / ("courier-nsd-" + std::to_string(::getpid()))) {
    for (const char* path : {"/usr/sbin/nsd", "/usr/local/sbin/nsd", "/usr/bin/nsd"}) {
      if (::access(path, X_OK) == 0) program_ = path;
    }
    if (program_.empty()) return;
    std::filesystem::create_directories(directory_);
    port_ = free_port();
    write_files();
    start();
  }
  ~Nsd() {
    if (process_ > 0) {
      ::kill(process_, SIGTERM);
      ::waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  [[nodiscard]] bool installed() const { return !program_.empty(); }
  [[nodiscard]] std::string server() const { return "127.0.0.1@" + std::to_string(port_); }

 private:
  static int free_port() {
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t length = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
  }
  void write_files() const {
    const std::string at = directory_.string();
    std::ofstream(at + "/zone") << zone_text;
    std::ofstream(at + "/reverse") << reverse_text;
    std::ofstream(at + "/nsd.conf") << "server:\n  ip-address: 127.0.0.1@" << port_ << "\n  server-count: 1\n  username: \"\"\n"
                                    << "  chroot: \"\"\n  database: \"\"\n  pidfile: \"" << at << "/pid\"\n  xfrdfile: \"\"\n"
                                    << "  zonelistfile: \"" << at << "/list\"\n  xfrdir: \"" << at << "\"\n  logfile: \"" << at
                                    << "/log\"\n"
                                    << "  zonesdir: \"" << at << "\"\nremote-control:\n  control-enable: no\n"
                                    << "zone:\n  name: example.test\n  zonefile: zone\n"
                                    << "zone:\n  name: 2.0.192.in-addr.arpa\n  zonefile: reverse\n";
  }
  void start() {
    std::string config = (directory_ / "nsd.conf").string();
    char debug[] = "-d", file[] = "-c";
    char* arguments[] = {program_.data(), debug, file, config.data(), nullptr};
    char* environment[] = {nullptr};
    ASSERT_EQ(::posix_spawn(&process_, program_.c_str(), nullptr, nullptr, arguments, environment), 0);
  }

  std::filesystem::path directory_;
  std::string program_;
  int port_ = 0;
  pid_t process_ = 0;
};

class DnsNsdTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { nsd = new Nsd; }
  static void TearDownTestSuite() {
    delete nsd;
    nsd = nullptr;
  }
  void SetUp() override {
    if (!nsd->installed()) GTEST_SKIP() << "nsd is not installed (scripts/install-deps --test)";
    DnsSettings settings;
    settings.servers = {nsd->server()};
    // Until NSD listens, an ICMP error makes libunbound answer SERVFAIL, which it remembers: ask with a new one each time.
    for (int attempt = 0; attempt < 100; ++attempt) {
      resolver = make_unbound_resolver(*loop, settings);
      ASSERT_TRUE(resolver);
      if (run_until_done(*loop, resolver->a("ns.example.test", soon()))) return;
      run_until_done(*loop, loop->sleep(milliseconds(50)));
    }
    FAIL() << "nsd does not answer";
  }
  [[nodiscard]] Deadline soon() const { return loop->in(seconds(5)); }

  static inline Nsd* nsd = nullptr;
  std::unique_ptr<Loop> loop = make_loop();
  std::unique_ptr<Resolver> resolver;
};

TEST_F(DnsNsdTest, Mx) {
  auto answer = run_until_done(*loop, resolver->mx("Example.Test", soon()));
  ASSERT_TRUE(answer) << to_string(answer.error());
  std::sort(answer->records.begin(), answer->records.end());
  EXPECT_EQ(answer->records, (std::vector<MxRecord>{{10, "mx.example.test"}, {20, "backup.example.test"}}));
  EXPECT_EQ(answer->canonical_name, "example.test");
  EXPECT_FALSE(answer->secure);
  const auto null = run_until_done(*loop, resolver->mx("nomail.example.test", soon()));
  ASSERT_TRUE(null);
  EXPECT_EQ(null->records, (std::vector<MxRecord>{{0, ""}}));
}

TEST_F(DnsNsdTest, Addresses) {
  const auto a = run_until_done(*loop, resolver->a("mx.example.test", soon()));
  ASSERT_TRUE(a);
  EXPECT_EQ(a->records.size(), 2u);
  const auto aaaa = run_until_done(*loop, resolver->aaaa("mx.example.test", soon()));
  ASSERT_TRUE(aaaa);
  EXPECT_EQ(aaaa->records.front().text(), "2001:db8::1");
  const auto alias = run_until_done(*loop, resolver->a("alias.example.test", soon()));
  ASSERT_TRUE(alias);
  EXPECT_EQ(alias->canonical_name, "mx.example.test");
}

TEST_F(DnsNsdTest, TxtPtrAndTlsa) {
  const auto txt = run_until_done(*loop, resolver->txt("example.test", soon()));
  ASSERT_TRUE(txt);
  EXPECT_EQ(txt->records, (std::vector<std::string>{"v=spf1 mx -all"}));
  const auto ptr = run_until_done(*loop, resolver->ptr(*IpAddress::parse("192.0.2.1"), soon()));
  ASSERT_TRUE(ptr);
  EXPECT_EQ(ptr->records, (std::vector<std::string>{"mx.example.test"}));
  const auto tlsa = run_until_done(*loop, resolver->tlsa("_25._tcp.mx.example.test", soon()));
  ASSERT_TRUE(tlsa);
  ASSERT_EQ(tlsa->records.size(), 1u);
  EXPECT_EQ(tlsa->records[0].usage, 3);
  EXPECT_EQ(tlsa->records[0].data.size(), 32u);
}

TEST_F(DnsNsdTest, AbsenceHasItsKinds) {
  EXPECT_EQ(run_until_done(*loop, resolver->a("missing.example.test", soon())).error(), DnsFault::NoName);
  EXPECT_EQ(run_until_done(*loop, resolver->mx("mx.example.test", soon())).error(), DnsFault::NoData);
  EXPECT_EQ(run_until_done(*loop, resolver->ptr(*IpAddress::parse("192.0.2.9"), soon())).error(), DnsFault::NoName);
  EXPECT_EQ(run_until_done(*loop, resolver->a("other.invalid-zone.example", soon())).error(), DnsFault::TryAgain);  // refused
}

// What a daemon does: the resolver is made, the sandbox closes, then the first question is asked.
[[noreturn]] void resolve_inside_sandbox(const std::string& server) {
  const auto loop = make_loop();
  DnsSettings settings;
  settings.servers = {server};
  const auto resolver = make_unbound_resolver(*loop, settings);
  if (!resolver || !close_sandbox({.writable = {}, .readable = {}, .network_out = true})) std::_Exit(1);
  const auto answer = run_until_done(*loop, resolver->mx("example.test", loop->in(seconds(5))));
  std::_Exit(answer && answer->records.size() == 2 ? 0 : 2);
}

TEST_F(DnsNsdTest, WorksInsideTheSandbox) {
  GTEST_FLAG_SET(death_test_style, "fast");
  EXPECT_EXIT(resolve_inside_sandbox(nsd->server()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace courier
