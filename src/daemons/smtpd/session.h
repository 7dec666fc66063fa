// Session: one client's connection, from greeting to end. It owns the stream and is the only one that writes to it; verbs
// return replies. Replies to pipelined commands go out in one write.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemons/smtpd/environment.h"
#include "daemons/smtpd/input.h"
#include "daemons/smtpd/state.h"
#include "wire/smtp/capabilities.h"
#include "wire/smtp/reply.h"

namespace courier::smtpd {

struct Verb;

class Session {
 public:
  // `environment` outlives the session. `implicit_tls`: the client begins with TLS (RFC 8314).
  Session(Environment& environment, Role role, StreamPtr stream, bool implicit_tls, std::string name);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Its whole life. Once.
  [[nodiscard]] Task<> run();
  // The process stops: no new transaction. True when the session was waiting for a command: it has been told 421 and may
  // be destroyed; otherwise it ends by itself after the command that runs.
  [[nodiscard]] bool shut_down();

  // --- for the verbs ---
  [[nodiscard]] Environment& env() { return env_; }
  [[nodiscard]] const Config& config() const { return *config_; }
  [[nodiscard]] std::shared_ptr<const Config> shared_config() const { return config_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] const Endpoint& peer() const { return peer_; }
  [[nodiscard]] const std::string& peer_text() const { return peer_text_; }  // IP address; empty: local
  [[nodiscard]] Stream& stream() const { return *stream_; }
  [[nodiscard]] Input& input() { return input_; }
  // auth's number for this connection; an auth that was restarted does not know the one of its predecessor.
  [[nodiscard]] std::uint64_t connection() const { return leave_.connection; }
  [[nodiscard]] bool known_to_auth() const { return leave_.generation == env_.auth.generation(); }
  // Asks auth whether this client may be here, and which mechanisms are offered. The reply when it may not.
  [[nodiscard]] Task<std::optional<smtp::Reply>> ask_leave();

  State state = Connected{};
  Hello hello;
  std::optional<Identity> identity;

  // Nothing to ask of this client: an inner source, a local program.
  [[nodiscard]] bool trusted() const { return role_ == Role::Inject || peer_.is_unix(); }
  [[nodiscard]] bool may_relay() const { return trusted() || identity.has_value() || (!peer_.is_unix() && config_->may_relay(peer_.ip)); }
  // What EHLO announces now.
  [[nodiscard]] smtp::Capabilities capabilities() const;
  // Sends a reply that is not the command's last word (354, 334), with what waits before it.
  [[nodiscard]] Task<bool> say(const smtp::Reply& reply);
  // A line that continues a command (AUTH).
  [[nodiscard]] Task<Result<std::string_view, InputFault>> next_line(std::size_t limit);
  // When waiting in the middle of a message ends.
  [[nodiscard]] Deadline data_deadline() const;
  // The reply for a fault that ends the session; code 0 when there is nobody to hear it.
  [[nodiscard]] smtp::Reply end_with(InputFault fault);
  // After the reply of this command: the connection ends, or TLS begins.
  void close_after() { closing_ = true; }
  void start_tls_after() { starting_tls_ = true; }
  // A message came through: commands and errors are counted anew.
  void progressed() { idle_commands_ = errors_ = 0; }

 private:
  [[nodiscard]] bool take_kept_leave();
  void give_back_leave();
  [[nodiscard]] Task<> converse();
  [[nodiscard]] Task<bool> shake_hands();
  // The verb of a command that may be carried out now; others are answered.
  [[nodiscard]] const Verb* admit(std::string_view line, std::string_view verb);
  [[nodiscard]] Task<> start_tls();
  void answer(std::string_view line, smtp::Reply reply);
  void count_error(smtp::Reply& reply);
  // Sends what is to be said as far as the client takes it at once; WouldBlock: something is left.
  [[nodiscard]] IoResult<void> send();
  // The same, waiting for the client. False: it takes no more.
  [[nodiscard]] Task<bool> flush();
  [[nodiscard]] Deadline command_deadline() const;

  Environment& env_;
  const std::shared_ptr<const Config> config_;
  const Role role_;
  StreamPtr stream_;
  const bool implicit_tls_;
  const std::string name_;
  const Endpoint peer_;
  const std::string peer_text_;
  const Deadline end_;            // of the session
  Input input_;
  std::string out_;
  Leave leave_;
  std::vector<std::string> mechanisms_plain_, mechanisms_tls_;
  const char* ended_because_ = "client left";
  std::int64_t idle_commands_ = 0, errors_ = 0;
  bool waiting_ = false;          // for a command
  bool stopping_ = false;         // the process drains
  bool closing_ = false;
  bool starting_tls_ = false;
  bool parting_ = false;          // what is sent now is the last
};

}  // namespace courier::smtpd
