// auth: who may come in, what an address means, and the limits on both. Runs as courier-auth, never root; owns the account
// database; answers contracts/auth and contracts/directory to the roles in peers.h.
//
// Its administration verbs (ask) are those of store/accounts/admin.h and
//   limits                    connections, sessions, and addresses with connections or failures, as JSON
//   limits forget [ADDRESS]   lifts the ban of an address (or all) and forgets wrong passwords
#pragma once

#include <memory>

#include "daemons/auth/directory.h"
#include "daemons/auth/limits.h"
#include "daemons/auth/mailboxes.h"
#include "daemons/auth/passwords.h"
#include "daemons/auth/probe.h"
#include "daemons/auth/sign_in.h"
#include "runtime/daemon.h"

namespace courier::auth {

// The pools a daemon works with; a test gives inline ones.
struct Pools {
  std::unique_ptr<Pool> database;  // one thread
  std::unique_ptr<Pool> hashes;
};
[[nodiscard]] Pools make_pools(Loop& loop, const AuthSettings& settings);

class Auth final : public Daemon {
 public:
  explicit Auth(DaemonContext& context) : context_(context) {}
  // For tests: these instead of threads and the file below state_dir.
  Auth(DaemonContext& context, Pools pools, std::unique_ptr<accounts::AccountDatabase> database)
      : context_(context), pools_(std::move(pools)), database_(std::move(database)) {}

  Result<void, std::string> serve() override;
  control::Reloaded reload(const std::string& settings) override;
  Task<bool> drain(Deadline deadline) override;
  Task<control::Answer> ask(control::Ask question) override;

 private:
  [[nodiscard]] Link& peer(const std::string& name);
  void serve_peer(const std::string& name, Channel& channel);
  [[nodiscard]] Task<ConnectedReply> connected(std::string owner, Connected request);
  [[nodiscard]] Task<directory::ExpandReply> expand(directory::Expand request);
  [[nodiscard]] control::Answer limits(const control::Ask& question);

  DaemonContext& context_;
  AuthSettings settings_;
  Pools pools_;
  std::unique_ptr<accounts::AccountDatabase> database_;
  std::unique_ptr<Probe> probe_;
  std::unique_ptr<AccountStore> store_;
  std::unique_ptr<Limits> limits_;
  std::unique_ptr<Mailboxes> mailboxes_;
  std::unique_ptr<Passwords> passwords_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<SignIn> sign_in_;
};

}  // namespace courier::auth
