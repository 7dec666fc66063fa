// A rogue peer that sends every message type on every channel to every daemon is answered only where the authority table
// (daemons/supervisor/authority.cc) allows it; everywhere else it is refused and loses its channel.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "authority/daemons.h"
#include "daemons/supervisor/authority.h"
#include "daemons/supervisor/roles.h"
#include "runtime/testing/manual_loop.h"
#include "settings/snapshot.h"

namespace courier::authority {
namespace {

struct Folder {
  Folder() {
    char name[] = "/tmp/courier-authority-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

// One daemon, serving, with nobody it knows at the other ends.
class World {
 public:
  explicit World(const Role& role) {
    control::Start& start = context_.start;
    start.role = role.name;
    start.instance = role.sharded ? "v0" : "";
    start.host_name = "mx.example.test";
    start.boot = 1;
    start.mail_dir = folder_.path;
    Snapshot snapshot;
    SettingsEncoder encoder;
    for (const std::string_view wanted : role.settings) {
      for (const SettingTable& table : snapshot.tables()) {
        if (table.name == wanted) table.visit(table.settings, encoder);
      }
    }
    start.settings = encoder.bytes;
    context_.supervisor = &supervisor_;
    daemon_ = make_daemon(context_, role.name, folder_.path);
    CHECK(daemon_ != nullptr);
    const auto served = daemon_->serve();
    EXPECT_TRUE(served) << served.error();
    loop_.run_ready();
  }
  ~World() {
    daemon_.reset();
    loop_.run_ready();
    context_.links.clear();
  }

  struct Outcome {
    bool refused = false;
    bool closed = false;
  };
  // A new channel under that name, one message on it.
  Outcome send(const std::string& peer, std::uint16_t type) {
    ChannelPair pair = make_memory_channels(loop_);
    context_.attach(peer, std::move(pair.first));
    loop_.run_ready();
    auto call = pair.second->call_raw(type, Payload{}, loop_.in(milliseconds(1)));
    call.start();
    loop_.run_ready();
    if (!call.done()) loop_.advance(milliseconds(2));
    EXPECT_TRUE(call.done());
    const auto reply = call.take();
    return {!reply && reply.error() == ChannelFault::Refused, pair.second->closed()};
  }
  [[nodiscard]] Daemon& daemon() { return *daemon_; }

 private:
  Folder folder_;
  ManualLoop loop_;
  Metrics metrics_;
  DaemonContext context_{.loop = loop_, .log = no_log(), .metrics = metrics_, .disk = real_disk()};
  Link supervisor_{loop_};
  std::unique_ptr<Daemon> daemon_;
};

// Names under which the supervisor gives out channels, and some that it never would.
std::vector<std::string> peers() {
  std::vector<std::string> out{"supervisor", "stranger", "mailbox:u1000", "mailboxes", ""};
  for (const Role& role : roles()) out.push_back(role.sharded ? std::string(role.name) + ":v0" : role.name);
  return out;
}

std::string role_of(const std::string& peer) { return peer.substr(0, peer.find(':')); }

class Authority : public testing::TestWithParam<const char*> {};

TEST_P(Authority, ARogueIsRefusedWhateverItSends) {
  const Role& role = *find_role(GetParam());
  World world(role);
  std::vector<Permission> messages(all_messages().begin(), all_messages().end());
  messages.push_back({"", "", 0x7f01, "no message at all"});
  for (const std::string& peer : peers()) {
    for (const Permission& message : messages) {
      const bool allowed = may_send(role_of(peer), role.name, message.type);
      const World::Outcome outcome = world.send(peer, message.type);
      EXPECT_EQ(outcome.refused, !allowed) << peer << " -> " << role.name << ": " << message.message;
      if (!allowed) EXPECT_TRUE(outcome.closed) << peer << " -> " << role.name << ": " << message.message;
    }
  }
}

TEST_P(Authority, NeedsWhatTheTableOfRolesSays) {
  const Role& role = *find_role(GetParam());
  World world(role);
  EXPECT_EQ(world.daemon().needs().network_out, role.network_out);
}

std::vector<const char*> names() {
  std::vector<const char*> out;
  for (const Role& role : roles()) out.push_back(role.name);
  return out;
}
std::string test_name(const testing::TestParamInfo<const char*>& info) {
  std::string name(info.param);
  std::erase(name, '-');
  return name;
}
INSTANTIATE_TEST_SUITE_P(EveryDaemon, Authority, testing::ValuesIn(names()), test_name);

}  // namespace
}  // namespace courier::authority
