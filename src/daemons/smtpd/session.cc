#include "daemons/smtpd/session.h"

#include <algorithm>

#include "base/text.h"
#include "daemons/smtpd/replies.h"
#include "daemons/smtpd/verbs.h"

namespace courier::smtpd {

namespace {

constexpr Duration handshake_time = seconds(60);
constexpr Duration auth_time = seconds(30);
constexpr Duration write_time = minutes(5);

const char* service_name(Role role) {
  switch (role) {
    case Role::Mx: return "mx";
    case Role::Submission: return "submission";
    case Role::Inject: return "inject";
  }
  return "smtp";
}

Reply shutting_down(const std::string& host) { return reply(421, 4, 3, 2, host + " is going down, try again"); }

}  // namespace

Session::Session(Environment& environment, Role role, StreamPtr stream, bool implicit_tls, std::string name)
    : env_(environment),
      config_(environment.config),
      role_(role),
      stream_(std::move(stream)),
      implicit_tls_(implicit_tls),
      name_(std::move(name)),
      peer_(stream_->peer()),
      peer_text_(peer_.is_unix() || role == Role::Inject ? std::string{} : peer_.ip.text()),
      end_(environment.loop.in(config_->settings.session_timeout)),
      input_(stream_, environment.buffers) {
  env_.probe.connected(name_, service_name(role_), peer_text_);
}

Session::~Session() {
  give_back_leave();
  env_.probe.disconnected(name_, ended_because_);
}

// TLS when the door begins with it, auth's leave, the greeting, the dialogue.
Task<> Session::run() {
  if (implicit_tls_ && !co_await shake_hands()) co_return;
  std::optional<Reply> refusal;
  if (!trusted() && !take_kept_leave()) refusal = co_await ask_leave();
  append(out_, refusal ? *refusal : Reply{220, {}, env_.host_name + " ESMTP"});
  if (!refusal) co_await converse();
  parting_ = true;
  if (!send()) co_await flush();
  // Tells a TLS client that nothing was cut off (RFC 8446, section 6.1).
  if (stream_ && stream_->tls()) stream_->finish_writing();
}

Task<bool> Session::shake_hands() {
  const std::shared_ptr<TlsServerContext> context = env_.tls;
  if (!context) co_return false;
  auto secured = co_await context->accept(std::move(stream_), env_.loop.in(handshake_time));
  if (!secured) {
    ended_because_ = "tls failed";
    env_.probe.tls_failed(name_, to_string(secured.error()));
    co_return false;
  }
  stream_ = std::move(*secured);
  if (const TlsFacts* facts = stream_->tls()) env_.probe.tls_started(name_, facts->version, facts->cipher);
  co_return true;
}

// Only a client of port 25 leaves nothing behind at auth: nobody signs in there.
void Session::give_back_leave() {
  if (leave_.connection == 0) return;
  if (role_ == Role::Mx) {
    env_.leaves.keep(peer_text_, leave_);
  } else {
    env_.leaves.give_back(leave_);
  }
}

bool Session::take_kept_leave() {
  if (role_ != Role::Mx) return false;
  leave_ = env_.leaves.take(peer_text_).value_or(Leave{});
  return leave_.connection != 0;
}

// One question per connection, and again when auth was restarted.
Task<std::optional<Reply>> Session::ask_leave() {
  const auth::Service service = role_ == Role::Mx ? auth::Service::Smtp : auth::Service::Submission;
  auto leave = co_await env_.auth.call(auth::Connected{service, peer_text_}, env_.loop.in(auth_time));
  if (!leave) {
    ended_because_ = "auth does not answer";
    env_.probe.trouble(name_, ended_because_, to_string(leave.error()));
    co_return reply(421, 4, 3, 0, env_.host_name + " cannot serve now, try again later");
  }
  if (!leave->allowed) {
    ended_because_ = "refused by auth";
    env_.probe.refused(peer_text_, leave->reason);
    co_return reply(421, 4, 7, 0, env_.host_name + ' ' + leave->reason);
  }
  leave_ = {leave->connection, env_.auth.generation()};
  mechanisms_plain_ = std::move(leave->mechanisms_plain);
  mechanisms_tls_ = std::move(leave->mechanisms_tls);
  co_return std::nullopt;
}

Task<> Session::converse() {
  const auto limit = static_cast<std::size_t>(config_->settings.max_line);
  while (!closing_) {
    auto line = input_.try_line(limit);
    if (!line) {
      if (!send() && !co_await flush()) co_return;
      waiting_ = true;
      const auto more = input_.read(co_await input_.readable(command_deadline()));
      waiting_ = false;
      if (more) continue;
      line = fail(more.error());
    }
    if (!*line) {
      answer({}, end_with(line->error()));
    } else {
      const smtp::CommandLine command = smtp::split_command(**line);
      const Verb* verb = admit(**line, command.verb);
      if (verb && verb->now) {
        answer(**line, verb->now(*this, command.arguments));
      } else if (verb) {
        Reply reply = co_await verb->later(*this, command.arguments);
        answer(verb->reads_on ? verb->name : **line, std::move(reply));
      }
      if (std::exchange(starting_tls_, false)) co_await start_tls();
    }
    if (stopping_ && !closing_) {
      append(out_, shutting_down(env_.host_name));
      closing_ = true;
    }
  }
}

const Verb* Session::admit(std::string_view line, std::string_view name) {
  const Verb* verb = find_verb(name);
  if (!verb) {
    answer(line, reply(500, 5, 5, 1, "Command unrecognized"));
    return nullptr;
  }
  if (!verb->carries_message && ++idle_commands_ > config_->settings.max_commands) {
    ended_because_ = "too many commands";
    close_after();
    answer(line, reply(421, 4, 7, 0, "Too many commands without a message"));
    return nullptr;
  }
  if (auto refusal = wrong_moment(*verb, *this)) {
    answer(line, std::move(*refusal));
    return nullptr;
  }
  return verb;
}

// After the reply to STARTTLS. Nothing that came before the handshake counts (RFC 3207, section 4.2).
Task<> Session::start_tls() {
  input_.discard();
  if (!co_await flush() || !co_await shake_hands()) {
    closing_ = true;
    co_return;
  }
  state = Connected{};
  hello = {};
}

void Session::answer(std::string_view line, Reply reply) {
  if (reply.code == 0) return;
  if (!reply.positive()) count_error(reply);
  if (!reply.positive()) {
    const bool secret = istarts_with(line, "AUTH");
    env_.probe.rejected(name_, peer_text_, secret ? "AUTH" : line, reply);
  }
  append(out_, reply);
}

void Session::count_error(Reply& given) {
  if (!given.permanent() || closing_ || ++errors_ < config_->settings.max_errors) return;
  ended_because_ = "too many errors";
  given = reply(421, 4, 7, 0, "Too many errors");
  close_after();
}

Reply Session::end_with(InputFault fault) {
  switch (fault) {
    case InputFault::TooLong: return reply(500, 5, 5, 2, "Line too long");
    case InputFault::BareLineEnd:
      // What such a client means is anybody's guess: nothing after it is read.
      ended_because_ = "bare line end";
      close_after();
      return reply(500, 5, 5, 2, "Bare CR or LF: lines end in CRLF");
    case InputFault::TimedOut:
      ended_because_ = "timed out";
      close_after();
      return reply(421, 4, 4, 2, env_.loop.now() >= end_.at ? "Session lasted too long" : "Timed out waiting for you");
    case InputFault::Closed: break;
  }
  close_after();
  return {};
}

smtp::Capabilities Session::capabilities() const {
  smtp::Capabilities out;
  out.pipelining = out.eight_bit_mime = out.smtputf8 = out.chunking = out.enhanced_status_codes = out.dsn = out.help = true;
  out.size = static_cast<std::uint64_t>(config_->settings.max_message_size);
  const bool tls = stream_->tls() != nullptr;
  out.starttls = env_.tls != nullptr && !tls && !peer_.is_unix();
  if (identity) return out;
  out.auth = tls ? mechanisms_tls_ : mechanisms_plain_;
  if (stream_->channel_binding().empty()) std::erase(out.auth, "SCRAM-SHA-256-PLUS");
  return out;
}

Task<bool> Session::say(const Reply& reply) {
  append(out_, reply);
  return flush();
}

Task<Result<std::string_view, InputFault>> Session::next_line(std::size_t limit) { return input_.line(limit, command_deadline()); }

IoResult<void> Session::send() {
  while (!out_.empty()) {
    const auto taken = parting_ ? stream_->write_last(out_) : stream_->write_now(out_);
    if (!taken) return fail(taken.error());
    out_.erase(0, *taken);
  }
  return {};
}

Task<bool> Session::flush() {
  const Deadline deadline = env_.loop.in(write_time);
  for (;;) {
    const auto sent = send();
    if (sent) co_return true;
    if (sent.error() == IoFault::WouldBlock && co_await stream_->writable(deadline)) continue;
    out_.clear();
    closing_ = true;
    co_return false;
  }
}

Deadline Session::command_deadline() const { return env_.loop.in(config_->settings.command_timeout).sooner(end_); }
Deadline Session::data_deadline() const { return env_.loop.in(config_->settings.data_timeout).sooner(end_); }

bool Session::shut_down() {
  stopping_ = true;
  if (!waiting_) return false;
  ended_because_ = "shutting down";
  // Once, without waiting: a client that does not read has had its chance.
  (void)stream_->write_now(write(shutting_down(env_.host_name)));
  return true;
}

}  // namespace courier::smtpd
