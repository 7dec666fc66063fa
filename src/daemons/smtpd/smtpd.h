// Smtpd: the daemon. Accepts connections on its listeners and keeps their sessions.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemons/smtpd/environment.h"
#include "daemons/smtpd/session.h"
#include "runtime/daemon.h"
#include "runtime/doors.h"

namespace courier::smtpd {

class Smtpd final : public Daemon {
 public:
  // `context` outlives the daemon. `pool` writes bodies. Throws std::runtime_error when the slice or a certificate cannot be used.
  Smtpd(DaemonContext& context, std::unique_ptr<Pool> pool, Doors::TlsFactory tls);
  ~Smtpd() override;

  Result<void, std::string> serve() override;
  control::Reloaded reload(const std::string& settings) override;
  Task<bool> drain(Deadline deadline) override;
  Task<control::Answer> ask(control::Ask question) override;
  void ticket_keys(const std::vector<std::string>& keys) override;
  void certificates(const std::vector<control::Certificate>& certificates) override;

  // A connection for this door, as the acceptors give it.
  void take(Role role, bool implicit_tls, StreamPtr stream);
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

 private:
  struct Running {
    std::unique_ptr<Session> session;
    Task<> life;  // destroyed before the session it runs in
  };
  [[nodiscard]] Task<> live(std::uint64_t number);
  // By post, never on the session's own stack.
  void forget(std::uint64_t number);

  DaemonContext& context_;
  Probe probe_;
  std::unique_ptr<Pool> pool_;
  QueueIds ids_;
  Environment env_;
  std::uint64_t next_session_ = 1;
  std::map<std::uint64_t, Running> sessions_;
  CellRef all_ended_;
  Doors doors_;
  bool draining_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace courier::smtpd
