// World: a whole smtpd on a manual loop, with an auth and a queue that do as they are told, on memory channels; TLS is
// that of runtime/testing/fake_tls.h.
//
// Accounts: alice@example.test and bob@example.test, password "secret". list@example.test is a list,
// later@ cannot be looked up, everyone else there is unknown. relayed.test is passed on; all other domains are foreign.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contracts/directory.h"
#include "contracts/submit.h"
#include "daemons/smtpd/smtpd.h"
#include "runtime/testing/manual_loop.h"

namespace courier::smtpd::testing {

struct FakeAuth {
  std::string refuse_with;                    // Connected is refused with this reason
  bool silent = false;                        // answers nothing any more
  std::vector<std::string> plain_mechanisms;  // offered without TLS
  std::size_t connected = 0, disconnected = 0, cancelled = 0, looked_up = 0;
  std::vector<auth::SaslBegin> begun;

  void serve(Channel& channel, Loop& loop);

 private:
  Task<auth::ConnectedReply> connect(auth::Connected request);
  Task<auth::SaslReply> begin(auth::SaslBegin request);
  Task<auth::SaslReply> go_on(auth::SaslContinue request);
  Task<directory::LookupReply> look_up(directory::Lookup request);
  auth::SaslReply judge(const std::string& user, const std::string& password);
  Loop* loop_ = nullptr;
  std::string mechanism_, user_;
};

struct FakeQueue {
  struct Message {
    submit::Envelope envelope;
    std::string body;
    bool in_file = false;
  };
  submit::Outcome outcome = submit::Outcome::Accepted;       // of the next submits
  submit::Outcome open_outcome = submit::Outcome::Accepted;  // of the next OpenBody
  bool closes = false;          // commits, then the channel dies before the answer
  std::vector<Message> messages;
  std::size_t opened = 0, abandoned = 0;

  void serve(Channel& channel);

 private:
  Task<submit::SubmitReply> take(WithDescriptors<submit::Submit> request, Channel* channel);
  Task<WithDescriptors<submit::OpenBodyReply>> open();
};

struct WorldOptions {
  SmtpdSettings settings;
  std::string role = "smtpd-mx";
  bool certificate = true;
  Log* log = &no_log();
};

class World {
 public:
  explicit World(WorldOptions options = {});
  ~World();

  // A client at this address, or a local one when it is empty.
  StreamPtr connect(Role role, const std::string& peer = "192.0.2.7", bool implicit_tls = false);
  void attach_queue();
  void attach_auth();
  void run() { loop.run_ready(); }

  ManualLoop loop;
  Metrics metrics;
  FakeAuth auth;
  FakeQueue queue;
  DaemonContext context;
  std::unique_ptr<Smtpd> smtpd;

 private:
  std::vector<ChannelPtr> far_ends_;
};

// Sends, runs, and gives what came back.
std::string talk(World& world, Stream& client, std::string_view text);

}  // namespace courier::smtpd::testing
