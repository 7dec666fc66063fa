// The supervisor's parts that need no process.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "contracts/auth.h"
#include "contracts/submit.h"
#include "daemons/supervisor/authority.h"
#include "daemons/supervisor/certificates.h"
#include "daemons/supervisor/control_socket.h"
#include "daemons/supervisor/document.h"
#include "daemons/supervisor/instance.h"
#include "daemons/supervisor/metrics_merge.h"
#include "daemons/supervisor/metrics_server.h"
#include "daemons/supervisor/roles.h"
#include "daemons/supervisor/sockets.h"
#include "daemons/supervisor/supervisor.h"
#include "runtime/testing/manual_loop.h"
#include "settings/changed.h"

namespace courier {
namespace {

struct Folder {
  Folder() {
    char name[] = "/tmp/courier-parts-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path + "/" + name) << text; }
  std::string path;
};

Task<control::MailboxEnsured> count_ensure(int& count) {
  ++count;
  co_return control::MailboxEnsured{};
}

TEST(Authority, NamesRolesAndMessagesThatExist) {
  std::set<std::uint16_t> types;
  for (const Permission& p : all_messages()) EXPECT_TRUE(types.insert(p.type).second) << p.message << " stands twice";
  std::set<std::string> seen;
  for (const Permission& p : permissions()) {
    EXPECT_TRUE(find_role(p.from) && find_role(p.to)) << p.from << " -> " << p.to;
    EXPECT_TRUE(types.contains(p.type)) << p.message;
    EXPECT_TRUE(seen.insert(std::string(p.from) + p.to + p.message).second) << p.message << " stands twice";
  }
}

TEST(Authority, HoldsTheRulesOfTheArchitecture) {
  // Only auth can cause a mailbox process to start.
  for (const Permission& p : supervisor_permissions()) {
    EXPECT_TRUE(p.type != control::EnsureMailbox::type || p.from == std::string_view("auth"));
  }
  // Port 25 never signs in.
  EXPECT_FALSE(may_send("smtpd-mx", "auth", auth::SaslBegin::type));
  // Nothing reaches the queue but the doors; front has no way to submit or to read the spool.
  EXPECT_FALSE(are_connected("front", "queue"));
  EXPECT_FALSE(are_connected("smtpd-mx", "mailbox"));
  EXPECT_FALSE(are_connected("front", "esmtp"));
  // Only inner sources take back what they sent.
  EXPECT_FALSE(may_send("smtpd-submission", "queue", submit::Cancel::type));
  EXPECT_TRUE(may_send("smtpd-inject", "queue", submit::Cancel::type));
}

TEST(Authority, TheSupervisorRefusesEveryMessageButThoseOfTheTable) {
  ManualLoop loop;
  int asked = 0;
  for (const Role& role : roles()) {
    for (const Permission& message : all_messages()) {
      ChannelPair pair = make_memory_channels(loop);
      SupervisorServices services;
      services.ensure_mailbox = [&asked](control::EnsureMailbox, Deadline) { return count_ensure(asked); };
      services.channel_broken = [&asked](const control::ChannelBroken&, const std::vector<Descriptor>&) { ++asked; };
      serve_supervisor(role.name, *pair.first, std::move(services));
      const bool notice = message.type == control::ChannelBroken::type;
      const std::string bytes = notice ? encode(control::ChannelBroken{}) : encode(control::EnsureMailbox{});
      auto call = pair.second->call_raw(message.type, Payload{bytes, {}}, loop.in(seconds(1)));
      call.start();
      loop.run_ready();
      if (!call.done()) loop.advance(seconds(2));
      ASSERT_TRUE(call.done()) << role.name << ' ' << message.message;
      const bool allowed = may_send(role.name, "supervisor", message.type);
      const auto reply = call.take();
      EXPECT_EQ(!reply && reply.error() == ChannelFault::Refused, !allowed) << role.name << ' ' << message.message;
      EXPECT_EQ(pair.second->closed(), !allowed) << role.name << ' ' << message.message;
    }
  }
  EXPECT_EQ(asked, 1 + static_cast<int>(roles().size()));
}

TEST(ProcessesDocument, IsCurrent) {
  const std::string path = std::string(SOURCE_DIR) + "/docs/PROCESSES.md";
  if (std::getenv("COURIER_UPDATE")) std::ofstream(path) << processes_document();
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, processes_document()) << "COURIER_UPDATE=1 writes it anew";
}

TEST(Roles, VerbsHaveOneOwner) {
  EXPECT_STREQ(role_for_verb("queue list")->name, "queue");
  EXPECT_STREQ(role_for_verb("explain")->name, "auth");
  EXPECT_EQ(role_for_verb("queuelist"), nullptr);
  EXPECT_EQ(role_for_verb(""), nullptr);
}

TEST(ControlSocket, ParsesRequests) {
  const auto ask = parse_request("{\"verb\":\"queue list\",\"arguments\":[\"a\\u0000b\",\"\"],\"other\":1}");
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->verb, "queue list");
  EXPECT_EQ(ask->arguments, (std::vector<std::string>{std::string("a\0b", 3), ""}));
  for (const char* bad :
       {"", "x", "[]", "{}", "{\"verb\":1}", "{\"verb\":\"a\",\"arguments\":\"b\"}", "{\"verb\":\"a\",\"arguments\":[1]}"}) {
    EXPECT_FALSE(parse_request(bad)) << bad;
  }
}

TEST(ControlSocket, WritesAnswers) {
  EXPECT_EQ(write_answer({0, "[1]", {}}), "{\"status\":0,\"result\":[1],\"error\":\"\"}\n");
  EXPECT_EQ(write_answer({78, {}, "a\n\"b\""}), "{\"status\":78,\"result\":null,\"error\":\"a\\n\\\"b\\\"\"}\n");
}

TEST(MetricsServer, AnswersGetMetricsOnly) {
  EXPECT_EQ(http_status("GET /metrics HTTP/1.1"), 200);
  EXPECT_EQ(http_status("GET /metrics?x=1 HTTP/1.0"), 200);
  EXPECT_EQ(http_status("GET / HTTP/1.1"), 404);
  EXPECT_EQ(http_status("POST /metrics HTTP/1.1"), 405);
  for (const char* bad : {"", "GET", "GET /metrics", "GET /metrics HTTP/2"}) EXPECT_EQ(http_status(bad), 400) << bad;
}

TEST(MergeMetrics, LabelsSamplesAndKeepsFamiliesTogether) {
  const std::string a = "# HELP x_total X.\n# TYPE x_total counter\nx_total 1\n# HELP y Y.\n# TYPE y gauge\ny{k=\"v\"} 2\n";
  const std::string b = "# HELP x_total X.\n# TYPE x_total counter\nx_total 3\n";
  EXPECT_EQ(merge_metrics({{"auth", a}, {"mailbox:v0", b}}),
            "# HELP x_total X.\n# TYPE x_total counter\nx_total{process=\"auth\"} 1\nx_total{process=\"mailbox:v0\"} 3\n"
            "# HELP y Y.\n# TYPE y gauge\ny{process=\"auth\",k=\"v\"} 2\n");
}

TEST(Boot, CountsOnAndNeverStartsAtOne) {
  const Folder folder;
  const WallTime now = wall_seconds(1'800'000'000);
  const auto first = next_boot(real_disk(), folder.path, now);
  ASSERT_TRUE(first) << first.error();
  EXPECT_GT(*first, 1'000'000u);
  EXPECT_EQ(*next_boot(real_disk(), folder.path, wall_seconds(1)), *first + 1);
  folder.write("boot", "damaged");
  EXPECT_GE(*next_boot(real_disk(), folder.path, now + minutes(5)), *first + 5);
  EXPECT_FALSE(next_boot(real_disk(), folder.path + "/missing", now));
}

TEST(Certificates, AreReadFromOneFileOrTwo) {
  const Folder folder;
  const std::string chain = "-----BEGIN CERTIFICATE-----\n", key = "-----BEGIN PRIVATE KEY-----\n";
  folder.write("both", chain + key);
  folder.write("chain", chain);
  folder.write("key", key);
  const auto read = read_certificates(real_disk(), {folder.path + "/both", folder.path + "/chain " + folder.path + "/key"});
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ((*read)[0].key_pem, chain + key);
  EXPECT_EQ((*read)[1].chain_pem, chain);
  EXPECT_EQ((*read)[1].key_pem, key);
  for (const char* bad : {"/chain", "/missing", "/key"}) {
    const auto failed = read_certificates(real_disk(), {folder.path + bad});
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().find(folder.path + bad), std::string::npos);
  }
}

TEST(Sockets, StarIsEveryAddress) {
  bool any = false;
  ListenAddress address;
  ASSERT_TRUE(parse_listen_address("*:25", address));
  const auto endpoints = listen_endpoints(address, any);
  EXPECT_TRUE(any);
  ASSERT_EQ(endpoints.size(), 2u);
  EXPECT_EQ(endpoints[0].text(), "0.0.0.0:25");
  EXPECT_EQ(endpoints[1].text(), "[::]:25");
}

TEST(Sockets, AllErrorsAreTold) {
  const Folder folder;
  SupervisorSettings settings;
  settings.run_dir = folder.path;
  settings.listen_smtp = {"unix:" + folder.path + "/missing/a", "unix:" + folder.path + "/missing/b"};
  settings.listen_submission = settings.listen_submissions = settings.listen_imap = settings.listen_imaps = {};
  settings.listen_pop3 = settings.listen_pop3s = {};
  const auto bound = bind_all(settings);
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().find("/missing/a"), std::string::npos);
  EXPECT_NE(bound.error().find("/missing/b"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path)) << "what was bound is taken back";
}

TEST(ChangedSettings, WaitForARestartOrNot) {
  SupervisorSettings before, after;
  after.mailbox_shards = 5;
  after.stop_time = seconds(1);
  after.certificates = {"/a"};
  EXPECT_EQ(keys_needing_restart(before, after), std::vector<std::string>{"mailbox_shards"});
  const SupervisorSettings applied = without_restart(before, after);
  EXPECT_EQ(applied.mailbox_shards, before.mailbox_shards);
  EXPECT_EQ(applied.stop_time, seconds(1));
  EXPECT_EQ(applied.certificates, after.certificates);
}

}  // namespace
}  // namespace courier
