// A whole auth on memory channels, a clock of the test's own and inline pools, with the processes it talks to played by
// the test. For the tests of this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contracts/mailbox.h"
#include "daemons/auth/daemon.h"
#include "runtime/channel.h"
#include "runtime/testing/manual_loop.h"

namespace courier::auth {

class AuthFixture {
 public:
  explicit AuthFixture(AuthSettings settings = cheap());

  // Hashes that cost nothing, failures that are told at once only by moving the clock.
  static AuthSettings cheap();

  // Connects a peer; again: as after its restart.
  void connect(const std::string& peer);
  Channel& at(const std::string& peer) { return *ends_[peer]; }

  // Calls, moves the clock until the answer is there, and gives it; nothing when the channel closed or said no.
  template <class Request>
  std::optional<typename Request::Reply> call(const std::string& peer, Request request, Duration patience = seconds(30));
  template <class Notice>
  void notify(const std::string& peer, const Notice& notice) {
    at(peer).notify(notice);
    loop.run_ready();
  }

  control::Answer ask(const std::string& verb, std::vector<std::string> arguments = {});
  // Connected, on the peer, from an address.
  ConnectedReply arrive(const std::string& peer, Service service, const std::string& from = "192.0.2.1");
  SaslReply plain(const std::string& peer, const ConnectedReply& connection, Service service, const std::string& user,
                  const std::string& password, bool tls = true);

  ManualLoop loop;
  Metrics metrics;
  std::vector<mailbox::Grant> grants;        // told to mailbox processes, in order
  std::vector<control::EnsureMailbox> ensured;
  bool mailbox_accepts = true;
  std::string violation;                     // what the last channel that auth closed was closed for

 private:
  Task<mailbox::GrantReply> take_grant(mailbox::Grant grant);
  Task<control::MailboxEnsured> take_ensure(control::EnsureMailbox request);

  Link supervisor_;
  ChannelPair control_;
  std::map<std::string, ChannelPtr> ends_;
  std::unique_ptr<DaemonContext> context_;

 public:
  std::unique_ptr<Auth> auth;
};

template <class Request>
std::optional<typename Request::Reply> AuthFixture::call(const std::string& peer, Request request, Duration patience) {
  auto task = at(peer).call(request, Deadline::never());
  task.start();
  const Instant until = loop.now() + patience;
  loop.run_ready();
  while (!task.done() && loop.now() < until) loop.advance(milliseconds(50));
  if (!task.done()) return std::nullopt;
  auto reply = task.take();
  if (!reply) return std::nullopt;
  return std::move(*reply);
}

}  // namespace courier::auth
