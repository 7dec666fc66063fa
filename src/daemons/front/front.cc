#include "daemons/front/front.h"

#include <stdexcept>

#include "daemons/front/imap_login.h"
#include "daemons/front/pop3_login.h"

namespace courier::front {

namespace {

constexpr std::int32_t usage_error = 64;

FrontSettings settings_from(const std::string& slice) {
  FrontSettings settings;
  if (!decode_settings(slice, settings)) throw std::runtime_error("front: the settings do not decode");
  return settings;
}

Result<auth::Service, std::string> service_of(const std::string& name) {
  if (name == "imap" || name == "imaps") return auth::Service::Imap;
  if (name == "pop3" || name == "pop3s") return auth::Service::Pop3;
  return fail("front: no such service: " + name);
}

}  // namespace

Front::Front(DaemonContext& context, Doors::TlsFactory tls)
    : context_(context),
      probe_(context.log, context.metrics),
      pumps_(context.loop),
      environment_{.loop = context.loop,
                   .auth = context.link("auth"),
                   .mailbox = [&context](const std::string& peer) -> Link& { return context.link(peer); },
                   .probe = probe_,
                   .pumps = pumps_,
                   .host_name = context.start.host_name,
                   .settings = settings_from(context.start.settings),
                   .tls = nullptr},
      doors_(context.loop, std::move(tls)) {
  doors_.use_ticket_keys(context.start.ticket_keys);
  if (auto used = doors_.use_certificates(context.start.certificates); !used) throw std::runtime_error(used.error());
  environment_.tls = doors_.tls();
}

Front::~Front() { *alive_ = false; }

Result<void, std::string> Front::serve() {
  return doors_.open(context_.listeners, [this](const std::string& name) -> Result<Doors::Taker, std::string> {
    const auto service = service_of(name);
    if (!service) return fail(service.error());
    return [this, service = *service](StreamPtr stream, bool implicit_tls) { take(service, implicit_tls, std::move(stream)); };
  });
}

void Front::take(auth::Service service, bool implicit_tls, StreamPtr stream) {
  const auto most = static_cast<std::size_t>(environment_.settings.max_unauthenticated);
  if (draining_ || (sessions_.size() >= most && !make_room())) {
    probe_.refused(service, stream->peer().ip.text(), draining_ ? "draining" : "too many unauthenticated connections");
    return;
  }
  const std::uint64_t number = ++last_session_;
  std::string name = (service == auth::Service::Imap ? "i." : "p.") + std::to_string(context_.start.boot) + '.' + std::to_string(number);
  Running& running = sessions_[number];
  if (service == auth::Service::Imap) {
    running.session = std::make_unique<ImapLogin>(environment_, service, std::move(stream), implicit_tls, std::move(name));
  } else {
    running.session = std::make_unique<Pop3Login>(environment_, service, std::move(stream), implicit_tls, std::move(name));
  }
  probe_.waiting(sessions_.size());
  running.life = live(number);
  running.life.start();
}

bool Front::make_room() {
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (!it->second.session->settled()) continue;
    it->second.session->say_farewell("Too many connections are waiting to sign in");
    sessions_.erase(it);
    return true;
  }
  return false;
}

Task<> Front::live(std::uint64_t number) {
  Session& session = *sessions_.at(number).session;
  try {
    co_await session.run();
  } catch (const std::exception& e) {
    probe_.trouble(session.name(), "exception", e.what());
  }
  forget(number);
}

void Front::forget(std::uint64_t number) {
  context_.loop.post([this, number, alive = alive_] {
    if (!*alive) return;
    sessions_.erase(number);
    probe_.waiting(sessions_.size());
    probe_.pumped(pumps_.size());
  });
}

control::Reloaded Front::reload(const std::string& slice) {
  try {
    environment_.settings = settings_from(slice);
  } catch (const std::exception& e) {
    return {e.what(), {}};
  }
  return {};
}

// Who has not signed in is sent away; sessions under TLS go on until their mailbox process ends them, or the deadline.
Task<bool> Front::drain(Deadline deadline) {
  draining_ = true;
  doors_.close();
  for (auto& [number, running] : sessions_) running.session->say_farewell("Courier-IMAP server shut down by signal.");
  sessions_.clear();
  co_return co_await pumps_.wait_empty(deadline);
}

Task<control::Answer> Front::ask(control::Ask question) {
  co_return control::Answer{usage_error, {}, "front knows no '" + question.verb + "'"};
}

void Front::ticket_keys(const std::vector<std::string>& keys) { doors_.use_ticket_keys(keys); }

void Front::certificates(const std::vector<control::Certificate>& certificates) {
  if (auto used = doors_.use_certificates(certificates); !used) probe_.trouble({}, "certificate cannot be used", used.error());
  environment_.tls = doors_.tls();
}

}  // namespace courier::front
