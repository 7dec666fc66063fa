#include "transports/esmtp/engine.h"

#include "runtime/random.h"
#include "settings/changed.h"
#include "transports/esmtp/own_addresses.h"

namespace courier::esmtp {

namespace {

constexpr std::uint64_t longest_trust_file = 16u << 20;

// Counts a delivery while it runs.
struct Running {
  Running(std::size_t& c, CellRef& last) : count(c), drained(last) { ++count; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (--count == 0 && drained) drained->complete();
  }
  std::size_t& count;
  CellRef& drained;
};

}  // namespace

Engine::Engine(DaemonContext& context, Doubles doubles)
    : context_(context),
      doubles_(doubles),
      probe_(context.log, context.metrics),
      resolvers_(context.loop, probe_),
      dialer_(make_dialer(context.loop)),
      tls_memory_(context.loop) {
  EsmtpSettings settings;
  if (!decode_settings(context.start.settings, settings)) {
    fault_ = "the settings do not decode";
    return;
  }
  auto policy = Policy::make(std::move(settings), context.start.host_name);
  if (!policy) {
    fault_ = policy.error();
    return;
  }
  policy_ = std::move(*policy);
  open(policy_->settings);
}

// What needs files or privileges: before the sandbox closes.
void Engine::open(const EsmtpSettings& settings) {
  if (!doubles_.resolver) {
    if (auto opened = resolvers_.open(settings); !opened) fault_ = opened.error();
  }
  auto tls = make_tls_client(context_.loop);
  if (!tls) {
    fault_ = tls.error();
    return;
  }
  tls_ = std::move(*tls);
  services_ = std::make_unique<Services>(Services{.loop = context_.loop,
                                                  .resolver = doubles_.resolver,
                                                  .dialer = doubles_.dialer ? *doubles_.dialer : *dialer_,
                                                  .tls = *tls_,
                                                  .tls_memory = tls_memory_,
                                                  .probe = probe_,
                                                  .trust_pem = {},
                                                  .self = {},
                                                  .random = std::minstd_rand(static_cast<unsigned>(random_u64()))});
  if (!settings.trust_file.empty()) {
    auto pem = read_file(context_.disk, settings.trust_file, longest_trust_file);
    if (!pem) fault_ = "trust_file: " + to_string(pem.error());
    if (pem) services_->trust_pem = std::move(*pem);
  }
  services_->self = own_identity(context_.start.host_name, policy_->helo_name, settings.port);
  connections_ = std::make_unique<Connections>(context_.loop, probe_, limits());
}

Connections::Limits Engine::limits() const {
  const EsmtpSettings& settings = policy_->settings;
  return {static_cast<std::size_t>(settings.connections_per_site), static_cast<std::size_t>(settings.connections), settings.keep_idle,
          settings.quit_timeout};
}

Task<Resolver*> Engine::resolver() {
  if (doubles_.resolver) co_return doubles_.resolver;
  co_return co_await resolvers_.choose();
}

Task<delivery::DeliverReply> Engine::deliver(delivery::Deliver request, Descriptor file, Deadline deadline) {
  if (draining_) {
    delivery::DeliverReply reply;
    const Verdict verdict = own_verdict(451, "4.3.2", "The server is shutting down.");
    for (const auto& recipient : request.recipients) reply.results.push_back(result_for(recipient.number, verdict));
    co_return reply;
  }
  const Running running(running_, drained_);
  services_->resolver = co_await resolver();
  co_return co_await esmtp::deliver(*services_, *connections_, policy_, std::move(request), std::move(file), deadline);
}

control::Reloaded Engine::reload(const std::string& settings) {
  EsmtpSettings next;
  if (!decode_settings(settings, next)) return refuse("the settings do not decode");
  auto policy = Policy::make(without_restart(policy_->settings, next), context_.start.host_name);
  if (!policy) return refuse(policy.error());
  control::Reloaded reloaded{{}, keys_needing_restart(policy_->settings, next)};
  policy_ = std::move(*policy);
  connections_->set_limits(limits());
  return reloaded;
}

control::Reloaded Engine::refuse(const std::string& fault) {
  probe_.refused_settings(fault);
  return {fault, {}};
}

Task<bool> Engine::drain(Deadline deadline) {
  draining_ = true;
  if (running_ > 0) {
    drained_ = make_cell();
    const CellRef cell = drained_;
    const TimerId timer = context_.loop.add_timer(deadline.at, [cell] { cell->complete(1); });
    const int outcome = co_await cell;
    context_.loop.cancel_timer(timer);
    if (outcome != 0) co_return false;
  }
  co_return co_await connections_->close_idle(deadline);
}

StatusReport Engine::status() const {
  return {connections_->open(), connections_->idle(), connections_->waiting(), running_, tls_memory_.size(), resolvers_.state()};
}

Task<ExplainReport> Engine::explain(std::string address) {
  services_->resolver = co_await resolver();
  co_return co_await explain_address(*services_, policy_, std::move(address));
}

}  // namespace courier::esmtp
