// World: the queue and one mailbox process on one disk, connected as courierd connects them. auth, smtpd, esmtp and the clients are
// played by the test. The clock stands still unless told; pools and the spool's writer run inline.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemons/mailbox/daemon.h"
#include "daemons/queue/testing/rig.h"
#include "simulation/mail.h"

namespace courier::simulation {

// A client's session: what stays signed in at the mailbox process and works on its store, as an IMAP session does.
class ClientSession;

// A message as a client sees it.
struct Seen {
  std::uint32_t uid_validity = 0, uid = 0;
  Name name;  // what its bytes are
  store::Keywords keywords;
  bool operator==(const Seen&) const = default;
};

class World {
 public:
  // `boot` is another at every start of the machine. Deferred mail waits minutes.
  World(SimulatedDisk& disk, WallTime begins, std::uint64_t boot);
  // Clients leave; the daemons end at once.
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Empty, or why a daemon does not start.
  [[nodiscard]] std::string serve();
  // As smtpd.
  [[nodiscard]] Task<submit::Outcome> send(submit::Submit request);
  [[nodiscard]] std::size_t queued();
  // Lets time pass until the queue is empty, or two days have passed (false).
  [[nodiscard]] bool settle();

  // SELECT INBOX and FETCH everything: moves what is new to cur/, and has something remembered in the cache. Signs in the first time.
  [[nodiscard]] store::StoreResult<std::vector<Seen>> look(const std::string& address);
  // STORE +FLAGS: true when it was answered with OK.
  [[nodiscard]] bool mark(const std::string& address, std::uint32_t uid, const std::string& keyword);
  // All leave; folders write down their counters.
  void sign_out();

  ManualLoop loop;
  queue::testing::FakeAuth auth;
  queue::testing::FakeTransport esmtp{loop};

 private:
  friend class ClientSession;
  [[nodiscard]] ChannelPtr connect(DaemonContext& context, const std::string& peer);
  [[nodiscard]] ClientSession* sign_in(const std::string& address);
  [[nodiscard]] std::unique_ptr<mailbox::Session> make_session(mailbox::SessionStart start);
  [[nodiscard]] mailbox::Machine make_machine(DaemonContext& context);

  SimulatedDisk& disk_;
  Metrics metrics_;
  DaemonContext queue_context_, mailbox_context_;
  std::map<std::string, ClientSession*> clients_;  // by address; they take themselves out
  std::vector<ChannelPtr> ends_;
  ChannelPtr front_, auth_to_mailbox_, smtpd_;
  std::unique_ptr<queue::Queue> queue_;
  std::unique_ptr<mailbox::Mailbox> mailbox_;
  std::uint64_t tickets_ = 0;
};

}  // namespace courier::simulation
