// front: IMAP and POP3 connections before sign-in, and TLS for as long as they live. Runs as courier-front; touches no file.
//
// The number of connections that have not signed in is bounded: with one more, the one that has waited longest is ended, so
// that clients who never mean to sign in cannot keep others out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemons/front/environment.h"
#include "daemons/front/session.h"
#include "runtime/daemon.h"
#include "runtime/doors.h"

namespace courier::front {

class Front final : public Daemon {
 public:
  // `context` outlives the daemon. Throws std::runtime_error when the settings or a certificate cannot be used.
  Front(DaemonContext& context, Doors::TlsFactory tls);
  ~Front() override;

  Result<void, std::string> serve() override;
  control::Reloaded reload(const std::string& settings) override;
  Task<bool> drain(Deadline deadline) override;
  Task<control::Answer> ask(control::Ask question) override;
  void ticket_keys(const std::vector<std::string>& keys) override;
  void certificates(const std::vector<control::Certificate>& certificates) override;

  // A connection, as the acceptors give it.
  void take(auth::Service service, bool implicit_tls, StreamPtr stream);
  [[nodiscard]] std::size_t unauthenticated() const { return sessions_.size(); }
  [[nodiscard]] std::size_t pumped() const { return pumps_.size(); }

 private:
  struct Running {
    std::unique_ptr<Session> session;
    Task<> life;  // destroyed before the session it runs in
  };
  [[nodiscard]] Task<> live(std::uint64_t number);
  // By post, never on the session's own stack.
  void forget(std::uint64_t number);
  // Ends the oldest that may be ended; false: there is none.
  bool make_room();

  DaemonContext& context_;
  Probe probe_;
  Pumps pumps_;
  Environment environment_;
  std::uint64_t last_session_ = 0;
  std::map<std::uint64_t, Running> sessions_;  // oldest first
  Doors doors_;
  bool draining_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace courier::front
