// World: a whole front on a loop of the test's, with an auth and a mailbox process that do as they are told, on memory
// channels. TLS is that of runtime/testing/fake_tls.h.
//
// Accounts: ann and bob, password "secret"; "off" is refused by an option, "down" brings a temporary problem.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "contracts/auth.h"
#include "contracts/mailbox.h"
#include "daemons/front/front.h"
#include "wire/sasl/server.h"

namespace courier::front::testing {

struct FakeAuth {
  std::string refuse_with;   // Connected is refused with this reason
  bool silent = false;       // answers nothing any more
  std::vector<std::string> plain, tls{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"};
  std::size_t connected = 0, disconnected = 0, cancelled = 0;
  std::vector<auth::SaslBegin> begun;
  std::set<std::uint64_t> known;  // connections that it answered for

  void serve(Channel& channel, Loop& loop);

 private:
  Task<auth::ConnectedReply> connect(auth::Connected request);
  Task<auth::SaslReply> begin(auth::SaslBegin request);
  Task<auth::SaslReply> go_on(auth::SaslContinue request);
  auth::SaslReply advance(sasl::ServerAnswer answer);
  auth::SaslReply judge(const std::string& user, bool right);

  Loop* loop_ = nullptr;
  std::unique_ptr<sasl::ServerExchange> machine_;
  std::string proven_;
};

struct FakeMailbox {
  bool accepts = true;
  struct Session {
    mailbox::HandOver message;
    Descriptor socket;
  };
  std::vector<Session> sessions;

  void serve(Channel& channel);

 private:
  Task<mailbox::HandOverReply> take(WithDescriptors<mailbox::HandOver> request);
};

struct WorldOptions {
  FrontSettings settings;
  bool certificate = true;
};

class World {
 public:
  explicit World(Loop& loop, WorldOptions options = {});
  ~World();

  // A new auth process, which knows nothing of the old one's connections.
  void restart_auth();
  // A client in memory at this address.
  StreamPtr connect(auth::Service service, bool implicit_tls = false, const std::string& peer = "192.0.2.7");

  Loop& loop;
  Metrics metrics;
  FakeAuth auth;
  FakeMailbox mailbox;
  DaemonContext context;
  std::unique_ptr<Front> front;

 private:
  ChannelPtr auth_end_, mailbox_end_;
};

}  // namespace courier::front::testing
