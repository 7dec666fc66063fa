// auth with its real threads on the real loop and disk: what the inline pools of the other tests cannot show.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "daemons/auth/daemon.h"
#include "runtime/channel.h"
#include "runtime/task_group.h"

namespace courier::auth {
namespace {

struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "courier-auth-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

class ThreadsTest : public testing::Test {
 protected:
  ThreadsTest() {
    context.start.host_name = "example.test";
    context.start.state_dir = folder.path;
    AuthSettings settings;
    settings.argon2_memory = 64 << 10;
    settings.argon2_passes = 1;
    settings.password_memory = 128 << 10;
    settings.lookup_cache = {};
    settings.password_cache = {};
    context.start.settings = encode_settings(settings);
  }
  void start() {
    auth = std::make_unique<Auth>(context);
    const auto served = auth->serve();
    ASSERT_TRUE(served) << served.error();
    ChannelPair pair = make_memory_channels(*loop);
    context.attach("smtpd-submission", std::move(pair.first));
    client = std::move(pair.second);
  }
  std::int32_t ask(const std::string& verb, std::vector<std::string> arguments) {
    return run_until_done(*loop, auth->ask({verb, std::move(arguments)})).status;
  }
  Task<> look_up(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const auto reply = co_await client->call(directory::Lookup{"ann@example.test"}, loop->in(seconds(20)));
      if (reply && reply->verdict == directory::Verdict::One) ++found;
    }
  }
  Task<> sign_in() {
    const auto connection = co_await client->call(Connected{Service::Submission, "192.0.2.1"}, loop->in(seconds(20)));
    if (!connection) co_return;
    SaslBegin begin;
    begin.connection = connection->connection;
    begin.service = Service::Submission;
    begin.mechanism = "PLAIN";
    begin.has_initial = true;
    begin.initial = std::string("\0ann\0secret", 11);
    begin.tls = true;
    const auto reply = co_await client->call(begin, loop->in(seconds(20)));
    if (reply && reply->step == Step::Success) ++signed_in;
  }
  Task<> change(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const auto answer = co_await auth->ask({"account set", {"ann@example.test", "name=Ann " + std::to_string(i)}});
      if (answer.status == 0) ++changed;
    }
  }

  Folder folder;
  std::unique_ptr<Loop> loop = make_loop();
  Metrics metrics;
  DaemonContext context{.loop = *loop, .log = no_log(), .metrics = metrics, .disk = real_disk()};
  std::unique_ptr<Auth> auth;
  ChannelPtr client;
  int found = 0, signed_in = 0, changed = 0;
};

TEST_F(ThreadsTest, LookupsSignInsAndChangesAtOnce) {
  start();
  ASSERT_EQ(ask("domain add", {"example.test"}), 0);
  ASSERT_EQ(ask("account add", {"ann@example.test", "password=secret"}), 0);
  TaskGroup work(*loop, no_exceptions());
  for (int i = 0; i < 4; ++i) work.spawn(look_up(25));
  for (int i = 0; i < 15; ++i) work.spawn(sign_in());
  work.spawn(change(5));
  EXPECT_TRUE(run_until_done(*loop, work.wait_empty(loop->in(seconds(30)))));
  EXPECT_EQ(found, 100);
  EXPECT_EQ(signed_in, 15);
  EXPECT_EQ(changed, 5);
}

TEST_F(ThreadsTest, WhatWasStoredIsThereAfterARestart) {
  start();
  ASSERT_EQ(ask("domain add", {"example.test"}), 0);
  ASSERT_EQ(ask("account add", {"ann@example.test", "password=secret"}), 0);
  client.reset();
  auth.reset();
  context.links.clear();
  start();
  run_until_done(*loop, sign_in());
  EXPECT_EQ(signed_in, 1);
}

TEST_F(ThreadsTest, ADatabaseThatCannotBeOpenedEndsTheStart) {
  context.start.state_dir = folder.path + "/missing";
  auth = std::make_unique<Auth>(context);
  const auto served = auth->serve();
  ASSERT_FALSE(served);
  EXPECT_NE(served.error().find("/missing/accounts.sqlite"), std::string::npos) << served.error();
}

}  // namespace
}  // namespace courier::auth
