// The daemon skeleton: what every process of ours does between main() and its own work.
//
// A daemon is a library with one class derived from Daemon and a thirty-line main.cc:
//     int main() { return courier::run_daemon([](courier::DaemonContext& c) { return std::make_unique<Smtpd>(c); }); }
//
// Order: descriptor 3 is the control channel; Start arrives; the Daemon is made (it warms up libraries, parses keys,
// opens what needs privileges); privileges are dropped and the sandbox closes; serve() begins; Started goes back.
// A test makes a DaemonContext itself and drives several daemons on one loop over memory channels.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "runtime/channel.h"
#include "runtime/control.h"
#include "runtime/disk.h"
#include "runtime/link.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/metrics.h"
#include "runtime/pool.h"

namespace courier {

struct Listening {
  control::ListenerInfo info;
  Descriptor socket;  // bound, listening, non-blocking
};

// Everything a daemon is handed. Owned by the skeleton (or the test); outlives the daemon.
struct DaemonContext {
  Loop& loop;
  Log& log;
  Metrics& metrics;
  Disk& disk;
  control::Start start = {};
  std::vector<Listening> listeners = {};
  Link* supervisor = nullptr;  // control channel: EnsureMailbox (auth only)

  // The link to a role ("queue", "auth") or to one instance of it ("mailbox:v0"). Made when first asked for.
  [[nodiscard]] Link& link(const std::string& peer);
  // Told of peers whose channel came (again), after its Link's own on_attach. For daemons that talk to any number of mailboxes, set
  // this before serve(): it registers what is served to links made by the supervisor's word.
  std::function<void(const std::string& peer, Link&)> on_new_peer = {};
  // A channel end from the supervisor (or a test). With a number, the supervisor is told when the peer breaks its rules.
  void attach(const std::string& peer, ChannelPtr channel, std::uint64_t number = 0);

  std::map<std::string, std::unique_ptr<Link>> links = {};
};

class Daemon {
 public:
  virtual ~Daemon() = default;  // ends at once

  // After the sandbox closed: accept connections, begin work. An error ends the process with that text.
  [[nodiscard]] virtual Result<void, std::string> serve() = 0;
  // New settings slice. On an error the old ones go on.
  [[nodiscard]] virtual control::Reloaded reload(const std::string& settings) = 0;
  // No new work; finish what runs. True when nothing was cut off.
  [[nodiscard]] virtual Task<bool> drain(Deadline deadline) = 0;
  // An administrator's question; unknown verbs answer status 64 (EX_USAGE).
  [[nodiscard]] virtual Task<control::Answer> ask(control::Ask question) = 0;
  virtual void ticket_keys(const std::vector<std::string>&) {}
  // TLS certificates that replace those of Start. One that cannot be used is logged and the old ones go on.
  virtual void certificates(const std::vector<control::Certificate>&) {}
  // What the sandbox must leave open beyond the ordinary; see runtime/sandbox.h.
  struct Needs {
    bool network_out = false;  // connect()
    bool threads = true;
  };
  [[nodiscard]] virtual Needs needs() const { return {}; }
};

using DaemonFactory = std::function<std::unique_ptr<Daemon>(DaemonContext&)>;
// Returns main()'s exit status.
int run_daemon(const DaemonFactory& factory);

}  // namespace courier
