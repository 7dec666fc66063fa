#include "daemons/smtpd/smtpd.h"

#include <charconv>
#include <stdexcept>

#include "daemons/smtpd/replies.h"

namespace courier::smtpd {

namespace {

constexpr int exit_usage = 64;

// The letter of the process in queue ids and session names: it follows from the role that the supervisor gave.
std::string_view door_of(const std::string& role) {
  if (role == "smtpd-submission") return "s";
  if (role == "smtpd-inject") return "i";
  return "m";
}

Result<Role, std::string> role_of(const std::string& service) {
  if (service == "smtp") return Role::Mx;
  if (service == "submission" || service == "submissions") return Role::Submission;
  if (service == "inject") return Role::Inject;
  return fail("no such service: " + service);
}

template <class T>
T or_throw(Result<T, std::string> result) {
  if (!result) throw std::runtime_error(result.error());
  return std::move(*result);
}

// Short, since an account that is removed goes on being accepted meanwhile (and is bounced by the queue).
constexpr Duration remembered_time = seconds(1);
constexpr std::size_t remembered_recipients = 10'000;
// Few beside the connections that auth allows in all.
constexpr Duration kept_leave_time = milliseconds(500);
constexpr std::size_t kept_leaves = 64;

}  // namespace

Smtpd::Smtpd(DaemonContext& context, std::unique_ptr<Pool> pool, Doors::TlsFactory tls)
    : context_(context),
      probe_(context.log, context.metrics),
      pool_(std::move(pool)),
      ids_(door_of(context.start.role), context.start.boot, context.loop.wall_now()),
      env_{.loop = context.loop,
           .auth = context.link("auth"),
           .queue = context.link("queue"),
           .pool = *pool_,
           .probe = probe_,
           .ids = ids_,
           .host_name = context.start.host_name,
           .config = or_throw(make_config(context.start.settings)),
           .tls = nullptr,
           .recipients{context.loop, remembered_time, remembered_recipients},
           .leaves{context.loop, context.link("auth"), kept_leave_time, kept_leaves}},
      doors_(context.loop, std::move(tls)) {
  doors_.use_ticket_keys(context.start.ticket_keys);
  if (auto used = doors_.use_certificates(context.start.certificates); !used) throw std::runtime_error(used.error());
  env_.tls = doors_.tls();
}

Smtpd::~Smtpd() { *alive_ = false; }

Result<void, std::string> Smtpd::serve() {
  return doors_.open(context_.listeners, [this](const std::string& service) -> Result<Doors::Taker, std::string> {
    const auto role = role_of(service);
    if (!role) return fail(role.error());
    return [this, role = *role](StreamPtr stream, bool implicit_tls) { take(role, implicit_tls, std::move(stream)); };
  });
}

void Smtpd::take(Role role, bool implicit_tls, StreamPtr stream) {
  if (draining_ || sessions_.size() >= static_cast<std::size_t>(env_.config->settings.max_sessions)) {
    // TLS would have to be spoken first: then the connection just ends.
    if (!implicit_tls) (void)stream->write_now(write(reply(421, 4, 3, 2, env_.host_name + " has too many sessions, try again later")));
    probe_.refused(stream->peer().text(), draining_ ? "draining" : "too many sessions");
    return;
  }
  const std::uint64_t number = next_session_++;
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 36).ptr;
  std::string name(door_of(context_.start.role));
  (name += '.') += std::string_view(digits, end);
  Running& running = sessions_[number];
  running.session = std::make_unique<Session>(env_, role, std::move(stream), implicit_tls, std::move(name));
  running.life = live(number);
  running.life.start();
}

Task<> Smtpd::live(std::uint64_t number) {
  Session& session = *sessions_.at(number).session;
  try {
    co_await session.run();
  } catch (const std::exception& e) {
    probe_.exception(session.name(), e.what());
  }
  forget(number);
}

void Smtpd::forget(std::uint64_t number) {
  context_.loop.post([this, number, alive = alive_] {
    if (!*alive) return;
    sessions_.erase(number);
    if (sessions_.empty() && all_ended_) all_ended_->complete();
  });
}

control::Reloaded Smtpd::reload(const std::string& settings) {
  auto config = make_config(settings);
  if (!config) return {config.error(), {}};
  env_.config = std::move(*config);
  return {};
}

Task<bool> Smtpd::drain(Deadline deadline) {
  draining_ = true;
  doors_.close();
  for (auto& [number, running] : sessions_) {
    if (running.session->shut_down()) forget(number);
  }
  if (sessions_.empty()) co_return true;
  const CellRef ended = all_ended_ = make_cell();
  const TimerId timer = deadline.is_never() ? TimerId{} : context_.loop.add_timer(deadline.at, [ended] { ended->complete(1); });
  const int cut_off = co_await ended;
  context_.loop.cancel_timer(timer);
  co_return cut_off == 0;
}

Task<control::Answer> Smtpd::ask(control::Ask question) {
  co_return control::Answer{exit_usage, {}, "smtpd knows no '" + question.verb + "'"};
}

void Smtpd::ticket_keys(const std::vector<std::string>& keys) { doors_.use_ticket_keys(keys); }

void Smtpd::certificates(const std::vector<control::Certificate>& certificates) {
  if (auto used = doors_.use_certificates(certificates); !used) probe_.trouble({}, "certificate cannot be used", used.error());
  env_.tls = doors_.tls();
}

}  // namespace courier::smtpd
