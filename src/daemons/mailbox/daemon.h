// mailbox: the process that owns the mail of one system user's accounts. Delivers into inboxes for the queue, and serves IMAP and POP3
// clients after sign-in. Never runs as root.
//
//   auth  -> Grant      a ticket for one sign-in
//   front -> HandOver   the client's socket, with the ticket's number
//   queue -> Deliver    one message to accounts of ours
//   -> auth             Account (where mail lies), Disconnected (a session ended)
#pragma once

#include <functional>
#include <memory>

#include "daemons/mailbox/account_directory.h"
#include "daemons/mailbox/delivery.h"
#include "daemons/mailbox/probe.h"
#include "daemons/mailbox/sessions.h"
#include "daemons/mailbox/tickets.h"
#include "runtime/daemon.h"
#include "runtime/file_watch.h"
#include "settings/mailbox.h"
#include "store/folder/computed_cache.h"
#include "store/folder/store.h"
#include "store/maildir/delivery.h"

namespace courier::mailbox {

// What differs between a process and a test.
struct Machine {
  std::unique_ptr<store::ComputedCache> cache;  // null: nothing is remembered; ends after the jobs that use it
  std::unique_ptr<Pool> work;       // sessions' reading and changing
  std::unique_ptr<Pool> delivery;   // writing and syncing
  std::unique_ptr<FileWatcher> watcher;  // null: none
  bool is_root = false;
  std::function<StreamPtr(Loop&, Descriptor)> stream = make_socket_stream;  // on the socket that was handed over
};

class Mailbox final : public Daemon {
 public:
  using MakeMachine = std::function<Machine(DaemonContext&, const MailboxSettings&)>;
  using MakeProtocols = std::function<Protocols(DaemonContext&, const MailboxSlice&)>;
  // Both are called by serve(), inside the sandbox. The slice given to `protocols` lives as long as the daemon and changes with reload.
  Mailbox(DaemonContext& context, MakeMachine machine, MakeProtocols protocols);
  ~Mailbox() override;

  Result<void, std::string> serve() override;
  control::Reloaded reload(const std::string& settings) override;
  Task<bool> drain(Deadline deadline) override;
  Task<control::Answer> ask(control::Ask question) override;

 private:
  void serve_peers();
  [[nodiscard]] Task<GrantReply> grant(Grant request);
  [[nodiscard]] HandOverReply hand_over(WithDescriptors<HandOver> request);
  [[nodiscard]] Task<WithDescriptors<HandOverReply>> answer_hand_over(WithDescriptors<HandOver> request);
  [[nodiscard]] Task<WithDescriptors<delivery::DeliverReply>> answer_deliver(WithDescriptors<delivery::Deliver> request);
  void rest_later();
  [[nodiscard]] bool idle();
  [[nodiscard]] HandOverReply refuse(const HandOver& request, const char* reason);

  DaemonContext& context_;
  MakeMachine make_machine_;
  MakeProtocols make_protocols_;
  MailboxSlice settings_;
  bool draining_ = false;
  Instant used_{};   // when somebody last came, wrote or left
  TimerId resting_;  // of rest_later()
  std::unique_ptr<Probe> probe_;
  Machine machine_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Deliverer> deliverer_;
  Tickets tickets_;
  std::unique_ptr<AccountDirectory> accounts_;
  std::unique_ptr<LocalDelivery> delivery_;
  Protocols protocols_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace courier::mailbox
