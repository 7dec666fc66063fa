// One process of a role under supervision: started, introduced to its settings and listeners, restarted with back-off
// when it ends, drained and stopped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemons/supervisor/roles.h"
#include "runtime/control.h"
#include "runtime/link.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/process.h"
#include "runtime/task_group.h"

namespace courier {

class DaemonProcess;

// What a process needs to know of the whole.
class ProcessOwner {
 public:
  virtual ~ProcessOwner() = default;
  // The first message of a new process, with its descriptors.
  virtual WithDescriptors<control::Start> make_start(const DaemonProcess& process) = 0;
  // A new control channel: registers what the supervisor serves to this process.
  virtual void serve_control(DaemonProcess& process, Channel& channel) = 0;
  // It answered Started: make its channels.
  virtual void serving(DaemonProcess& process) = 0;
};

class DaemonProcess {
 public:
  enum class State { Ended, Starting, Serving, Waiting, Draining };

  struct Identity {
    const Role* role = nullptr;
    std::string instance;              // "v0", "u1000" or empty
    std::uint32_t uid = 0, gid = 0;    // both 0: who we are
    std::vector<std::string> folders = {};  // what the sandbox leaves writable
    bool on_demand = false;            // one that ends by itself with status 0 is not started again
  };

  // `owner` and `log` outlive it. Pauses before restarts grow up to `longest_pause`.
  DaemonProcess(Loop& loop, Log& log, ProcessOwner& owner, Identity identity, std::string program, Duration longest_pause);
  ~DaemonProcess();  // kills it
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // Starts it and keeps it running. Only in State::Ended.
  void start();
  // Ends it politely: drained until the deadline (never() is none), then closed, then killed. True when nothing was cut off. One at a time.
  [[nodiscard]] Task<bool> stop(Deadline deadline);
  // False when it does not serve by then; last_end() may say why.
  [[nodiscard]] Task<bool> wait_serving(Deadline deadline);
  // True: it ended by then, or before.
  [[nodiscard]] Task<bool> wait_ended(Deadline deadline);

  [[nodiscard]] const Identity& identity() const { return identity_; }
  [[nodiscard]] Identity& identity() { return identity_; }
  // As peers know it: "queue", "mailbox:v0".
  [[nodiscard]] std::string name() const;
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] int pid() const { return child_ ? child_->pid() : 0; }
  [[nodiscard]] int restarts() const { return restarts_; }
  [[nodiscard]] WallTime since() const { return since_; }
  [[nodiscard]] const std::string& last_end() const { return last_end_; }
  // The control channel.
  [[nodiscard]] Link& control() { return control_; }

 private:
  Task<> run();
  Task<ExitStatus> live_once();
  Task<> introduce();
  Task<> pause(Duration duration);
  void wake(std::vector<CellRef>& waiting);
  [[nodiscard]] std::vector<std::string> environment() const;

  Loop& loop_;
  Log& log_;
  ProcessOwner& owner_;
  Identity identity_;
  const std::string program_;
  const Duration longest_pause_;
  Link control_;
  State state_ = State::Ended;
  bool stopping_ = false;
  int restarts_ = 0;
  WallTime since_;
  std::string last_end_;
  std::string start_error_;
  CellRef pause_;
  std::vector<CellRef> wait_serving_, wait_ended_;
  std::unique_ptr<ChildProcess> child_;
  TaskGroup tasks_;
};

[[nodiscard]] const char* to_string(DaemonProcess::State state);

}  // namespace courier
