// The supervisor with real processes: a stub under the name of every program.
#include "daemons/supervisor/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "daemons/supervisor/roles.h"

namespace courier {
namespace {

namespace json = boost::json;

struct Folder {
  Folder() {
    char name[] = "/tmp/courier-super-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

struct KeepLog final : Log {
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    std::string line(event);
    for (const LogField& f : fields) line += " " + std::string(f.key) + "=" + std::string(f.value);
    lines += line + "\n";
  }
  void reopen() override {}
  std::string lines;
};

struct SupervisorTest : testing::Test {
  SupervisorTest() {
    std::filesystem::create_directory(folder.path + "/libexec");
    for (const Role& role : roles()) {
      const std::string link = folder.path + "/libexec/" + role.program;
      if (!std::filesystem::exists(link)) std::filesystem::create_symlink(STUB, link);
    }
    write_settings("");
  }
  void write_settings(const std::string& more) {
    const std::string& d = folder.path;
    std::ofstream(d + "/courier.toml") << "[server]\nhost_name = \"mx.example.test\"\nspool_dir = \"" << d << "/spool\"\nstate_dir = \""
                                       << d << "/state\"\nmail_dir = \"" << d << "/mail\"\nrun_dir = \"" << d
                                       << "/run\"\nlisten_smtp = [\"unix:" << d << "/smtp\"]\nlisten_submission = []\n"
                                       << "listen_submissions = [\"unix:" << d << "/submissions\"]\nlisten_imap = []\nlisten_imaps = []\n"
                                       << "listen_pop3 = []\nlisten_pop3s = []\nseparate_users = false\nstop_time = 5\n"
                                       << (more.find("mailbox_shards") == std::string::npos ? "mailbox_shards = 2\n" : "") << more;
    ::chmod((d + "/courier.toml").c_str(), 0600);
  }
  Result<void, std::string> begin() {
    auto loaded = load_settings(folder.path + "/courier.toml");
    if (!loaded) return fail(to_text(loaded.error().front()));
    supervisor = std::make_unique<Supervisor>(
        *loop, log, real_disk(), manager, SupervisorOptions{folder.path + "/courier.toml", folder.path + "/libexec"}, std::move(*loaded));
    return supervisor->begin();
  }
  json::value ask(const std::string& verb, std::vector<std::string> arguments = {}) {
    last = run_until_done(*loop, supervisor->answer({verb, std::move(arguments)}));
    return last.json.empty() ? json::value() : json::parse(last.json);
  }
  // Lets the loop run until `so()` holds; false when it does not within ten seconds.
  template <typename Condition>
  bool until(Condition so) {
    for (int i = 0; i < 2000; ++i) {
      if (so()) return true;
      run_until_done(*loop, loop->sleep(milliseconds(5)));
    }
    return false;
  }
  bool serving() {
    return until([&] { return supervisor->serving(); });
  }
  bool logged(std::string_view text) {
    return until([&] { return log.lines.find(text) != std::string::npos; });
  }
  std::size_t peers_of(const std::string& verb) {
    const json::value answer = ask(verb);
    return answer.is_object() ? answer.at("peers").as_array().size() : 0;
  }
  void start() {
    const auto begun = begin();
    ASSERT_TRUE(begun) << begun.error();
    ASSERT_TRUE(serving()) << log.lines;
  }
  void stop() {
    supervisor->stop(seconds(5));
    run_until_done(*loop, supervisor->run_until_stopped());
  }
  static std::vector<std::string> texts(const json::value& list) {
    std::vector<std::string> out;
    for (const json::value& v : list.as_array()) out.emplace_back(std::string_view(v.as_string()));
    return out;
  }

  Folder folder;
  KeepLog log;
  ServiceManager manager;
  std::unique_ptr<Loop> loop = make_loop();
  std::unique_ptr<Supervisor> supervisor;
  control::Answer last;
};

TEST_F(SupervisorTest, StartsConnectsAnswersAndStops) {
  ::setenv("COURIER_SECRET", "1", 1);
  start();
  const json::value status = ask("status");
  EXPECT_TRUE(status.at("serving").as_bool());
  EXPECT_EQ(status.at("host_name").as_string(), "mx.example.test");
  EXPECT_EQ(status.at("processes").as_array().size(), roles().size() + 1);  // two mailbox shards
  for (const json::value& p : status.at("processes").as_array()) {
    EXPECT_EQ(p.at("state").as_string(), "serving");
    EXPECT_TRUE(p.at("answers").as_bool());
  }

  const json::value queue = ask("queue list");
  EXPECT_EQ(queue.at("role").as_string(), "queue");
  EXPECT_EQ(queue.at("state_dir").as_string(), folder.path + "/spool");
  EXPECT_EQ(texts(queue.at("writable")), std::vector<std::string>{folder.path + "/spool"});
  EXPECT_FALSE(queue.at("secret_seen").as_bool());
  EXPECT_EQ(texts(queue.at("peers")),
            (std::vector<std::string>{"auth", "esmtp", "mailbox:v0", "mailbox:v1", "smtpd-inject", "smtpd-mx", "smtpd-submission"}));
  EXPECT_EQ(texts(ask("account list").at("peers")),
            (std::vector<std::string>{"front", "mailbox:v0", "mailbox:v1", "queue", "smtpd-inject", "smtpd-mx", "smtpd-submission"}));
  EXPECT_EQ(ask("mailbox:v1 facts").at("instance").as_string(), "v1");
  ask("nonsense");
  EXPECT_EQ(last.status, 64);

  EXPECT_TRUE(std::filesystem::exists(folder.path + "/run/courierd.pid"));
  stop();
  EXPECT_NE(log.lines.find("stopped clean=yes"), std::string::npos) << log.lines;
  supervisor.reset();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path + "/run"));
  EXPECT_FALSE(std::filesystem::exists(folder.path + "/smtp"));
}

TEST_F(SupervisorTest, RestartsWhatDiesSaysWhyAndConnectsItAgain) {
  start();
  const auto before = ask("queue list").at("pid").to_number<int>();
  ask("queue crash");
  EXPECT_EQ(last.status, 75);
  ask("account list");
  ::kill(static_cast<int>(ask("account list").at("pid").to_number<int>()), SIGKILL);
  EXPECT_TRUE(logged("process ended process=queue why=exit status 3 restart_in_ms=")) << log.lines;
  EXPECT_TRUE(logged("process ended process=auth why=signal 9 (Killed) restart_in_ms=")) << log.lines;
  EXPECT_TRUE(serving()) << log.lines;
  const json::value queue = ask("queue list");
  EXPECT_NE(queue.at("pid").to_number<int>(), before);
  EXPECT_EQ(queue.at("peers").as_array().size(), 7u);
  EXPECT_EQ(ask("account list").at("peers").as_array().size(), 7u);
  const std::string metrics = run_until_done(*loop, supervisor->metrics_text());
  EXPECT_NE(metrics.find("courier_process_restarts_total{process=\"supervisor\"} 2\n"), std::string::npos) << metrics;
  stop();
}

TEST_F(SupervisorTest, StatusSaysSoonWhoDoesNotAnswer) {
  start();
  const auto stuck = static_cast<int>(ask("account list").at("pid").to_number<int>());
  std::filesystem::remove(folder.path + "/libexec/front");
  ask("front please crash");
  EXPECT_TRUE(logged("process ended process=front why=exit status 3")) << log.lines;
  ::kill(stuck, SIGSTOP);
  const Instant asked = loop->now();
  const json::value status = ask("status");
  ask("front facts");
  EXPECT_EQ(last.status, 75);
  EXPECT_NE(last.error.find("front does not answer: waiting, ended with "), std::string::npos) << last.error;
  EXPECT_LT(loop->now() - asked, seconds(3));
  ::kill(stuck, SIGCONT);
  for (const json::value& p : status.at("processes").as_array()) {
    const auto role = p.at("role").as_string();
    EXPECT_EQ(p.at("answers").as_bool(), role != "auth" && role != "front") << role;
  }
  stop();
}

TEST_F(SupervisorTest, ABrokenChannelIsMadeAgainBetweenThoseWhoLive) {
  start();
  ask("queue violate", {"auth"});
  EXPECT_TRUE(until([&] { return peers_of("account list") == 6; })) << log.lines;
  EXPECT_TRUE(until([&] { return peers_of("account list") == 7; })) << log.lines;
  EXPECT_TRUE(until([&] { return peers_of("queue list") == 7; })) << log.lines;
  EXPECT_EQ(log.lines.find("process ended"), std::string::npos) << log.lines;
  stop();
}

TEST_F(SupervisorTest, AFailingProgramIsStartedEverMoreSeldom) {
  std::filesystem::remove(folder.path + "/libexec/front");
  ASSERT_TRUE(begin());
  EXPECT_TRUE(logged("process=front why=" + folder.path + "/libexec/front: No such file or directory restart_in_ms=200")) << log.lines;
  EXPECT_TRUE(logged("restart_in_ms=400")) << log.lines;
  EXPECT_FALSE(supervisor->serving());
  stop();
}

TEST_F(SupervisorTest, MailboxesOnDemandGoWhenIdleAndComeAgain) {
  write_settings("[mailbox]\nidle_time = 2\ncache_dir = \"" + folder.path + "/caches\"\n");
  start();
  const std::string uid = std::to_string(::geteuid());
  const std::string root = folder.path + "/home";
  std::filesystem::create_directory(root);
  ask("account ensure", {uid, root});
  EXPECT_EQ(last.error, "") << log.lines;
  EXPECT_EQ(texts(ask("mailbox:u" + uid + " facts").at("writable")), (std::vector<std::string>{folder.path + "/caches/u" + uid, root}));
  EXPECT_TRUE(logged("process is idle process=mailbox:u" + uid)) << log.lines;
  // On its way out, or gone.
  ask("account ensure", {uid, root});
  EXPECT_EQ(last.error, "") << log.lines;
  ask("mailbox:u" + uid + " facts");
  EXPECT_EQ(last.status, 0) << last.error;
  EXPECT_EQ(log.lines.find("process killed"), std::string::npos) << log.lines;
  stop();
}

TEST_F(SupervisorTest, MailboxesComeOnDemandForAuthOnly) {
  start();
  const std::string uid = std::to_string(::geteuid());
  const std::string root = folder.path + "/home";
  std::filesystem::create_directory(root);
  ask("account ensure", {uid, root});
  EXPECT_EQ(last.error, "") << log.lines;
  ask("account ensure", {uid, root});
  EXPECT_EQ(last.error, "");
  const auto peers = texts(ask("queue list").at("peers"));
  EXPECT_NE(std::find(peers.begin(), peers.end(), "mailbox:u" + uid), peers.end());
  // Another folder of the same user makes a new process with both.
  std::filesystem::create_directory(folder.path + "/second");
  ask("account ensure", {uid, folder.path + "/second"});
  EXPECT_EQ(last.error, "");
  ask("account ensure", {std::to_string(::geteuid() + 1), root});
  EXPECT_NE(last.error.find("runs everything as user"), std::string::npos) << last.error;
  ask("account ensure", {uid, "relative"});
  EXPECT_NE(last.error.find("absolute"), std::string::npos);
  // Who is not auth breaks the rules by asking: its channel is closed, it is started anew.
  ask("queue ensure", {uid, root});
  EXPECT_NE(last.status, 0);
  EXPECT_TRUE(logged("channel violation peer=queue")) << log.lines;
  stop();
}

TEST_F(SupervisorTest, ReloadsOrKeepsTheOldSettings) {
  start();
  write_settings("mailbox_shards = 3\ndrain_time = 7\n");
  const json::value reloaded = ask("reload");
  EXPECT_EQ(last.status, 0) << last.error;
  const auto waiting = texts(reloaded.at("needs_restart"));
  EXPECT_NE(std::find(waiting.begin(), waiting.end(), "server.mailbox_shards"), waiting.end());
  EXPECT_EQ(std::find(waiting.begin(), waiting.end(), "server.drain_time"), waiting.end());
  EXPECT_NE(std::find(waiting.begin(), waiting.end(), "queue.something"), waiting.end());
  EXPECT_EQ(ask("queue list").at("reloads").to_number<int>(), 1);
  write_settings("mailbox_shards = 3000\n");
  ask("reload");
  EXPECT_EQ(last.status, 78);
  EXPECT_NE(last.error.find("courier.toml:"), std::string::npos) << last.error;
  EXPECT_EQ(ask("queue list").at("reloads").to_number<int>(), 1);
  EXPECT_TRUE(supervisor->serving());
  stop();
}

TEST_F(SupervisorTest, RefusesToStartTwiceAndCountsItsStarts) {
  start();
  const auto boot = ask("status").at("boot").to_number<std::uint64_t>();
  const auto first = std::move(supervisor);
  const auto second = begin();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("already runs here, as process " + std::to_string(::getpid())), std::string::npos) << second.error();
  supervisor = nullptr;
  first->stop(seconds(5));
  run_until_done(*loop, first->run_until_stopped());
  const_cast<std::unique_ptr<Supervisor>&>(first).reset();
  std::ofstream(folder.path + "/state/boot.tmp.1") << "half";
  start();
  EXPECT_EQ(ask("status").at("boot").to_number<std::uint64_t>(), boot + 1);
  EXPECT_FALSE(std::filesystem::exists(folder.path + "/state/boot.tmp.1"));
  stop();
}

TEST_F(SupervisorTest, AnswersOnItsSockets) {
  start();
  const std::string control = folder.path + "/run/control";
  struct stat facts{};
  ASSERT_EQ(::stat(control.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  struct Talk {
    static Task<std::string> once(Loop& loop, std::string path, std::string text) {
      auto stream = co_await connect_stream(loop, Endpoint{.ip = {}, .port = 0, .path = std::move(path)}, loop.in(seconds(5)));
      if (!stream) co_return "no connection";
      (void)co_await write_all(**stream, text, loop.in(seconds(5)));
      (*stream)->finish_writing();
      std::string all;
      for (;;) {
        char buffer[4096];
        const auto n = co_await read_some(**stream, buffer, loop.in(seconds(5)));
        if (!n || *n == 0) co_return all;
        all.append(buffer, *n);
      }
    }
  };
  const std::string reply = run_until_done(*loop, Talk::once(*loop, control, "{\"verb\":\"status\"}\nnonsense\n"));
  EXPECT_EQ(reply.substr(0, 22), "{\"status\":0,\"result\":{");
  EXPECT_NE(reply.find("\n{\"status\":64,\"result\":null,\"error\":\"a request is one JSON object a line\"}\n"), std::string::npos)
      << reply;
  const std::string metrics = run_until_done(*loop, Talk::once(*loop, folder.path + "/run/metrics", "GET /metrics HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(metrics.substr(0, 17), "HTTP/1.0 200 OK\r\n");
  EXPECT_NE(metrics.find("courier_processes_serving{process=\"supervisor\"} 9\n"), std::string::npos) << metrics;
  stop();
}

}  // namespace
}  // namespace courier
