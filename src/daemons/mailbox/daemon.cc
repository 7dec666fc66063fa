#include "daemons/mailbox/daemon.h"

#include <limits>

#include "runtime/random.h"
#include "settings/changed.h"

namespace courier::mailbox {

namespace {
constexpr std::int32_t kUsageError = 64;
constexpr Duration kSettle = seconds(5);
constexpr Duration kRest = seconds(15);
}  // namespace

Mailbox::Mailbox(DaemonContext& context, MakeMachine machine, MakeProtocols protocols)
    : context_(context), make_machine_(std::move(machine)), make_protocols_(std::move(protocols)), tickets_(context.loop) {}
Mailbox::~Mailbox() { context_.loop.cancel_timer(resting_); }

Result<void, std::string> Mailbox::serve() {
  if (!decode_settings(context_.start.settings, settings_)) return fail(std::string("mailbox: the settings do not decode"));
  machine_ = make_machine_(context_, settings_.mailbox);
  if (machine_.is_root) return fail(std::string("mailbox: refuses to run as root"));
  probe_ = std::make_unique<Probe>(context_.log, context_.metrics);
  if (!machine_.watcher) probe_->no_watcher();
  // Makes names of files unique; the host name need not be.
  const std::uint64_t process = random_u64() >> 24;
  store_ = std::make_unique<store::Store>(context_.loop, context_.disk, *machine_.work, machine_.watcher.get(), machine_.cache.get(),
                                          store::StoreSettings{.host_name = context_.start.host_name, .process_id = process});
  store::Deliverer::Settings delivering{.process_id = process};
  if (!settings_.mailbox.sync_together) delivering.min_wave = std::numeric_limits<std::size_t>::max();
  delivering.wave_ended = [this](std::size_t messages, bool whole) { probe_->wave_ended(messages, whole); };
  deliverer_ = std::make_unique<store::Deliverer>(context_.loop, context_.disk, *machine_.delivery, std::move(delivering));
  accounts_ = std::make_unique<AccountDirectory>(context_.loop, context_.link("auth"));
  delivery_ = std::make_unique<LocalDelivery>(LocalDelivery::Parts{.loop = context_.loop,
                                                                   .accounts = *accounts_,
                                                                   .deliverer = *deliverer_,
                                                                   .probe = *probe_,
                                                                   .host_name = context_.start.host_name,
                                                                   .arrived = [this](const std::string& maildir) {
                                                                     if (const store::AccountPtr account = store_->open_account(maildir))
                                                                       account->nudge(store::FolderName());
                                                                   }});
  delivery_->set(settings_.mailbox);
  protocols_ = make_protocols_(context_, settings_);
  sessions_ = std::make_unique<Sessions>(context_.loop, *probe_, [this](std::uint64_t connection) {
    used_ = context_.loop.now();
    context_.link("auth").notify(auth::Disconnected{.connection = connection});
  });
  serve_peers();
  used_ = context_.loop.now();
  if (machine_.cache) rest_later();
  return {};
}

// An idle session holds no cache.
void Mailbox::rest_later() {
  resting_ = context_.loop.add_timer(context_.loop.now() + kRest, Callback([this] {
                                       machine_.work->submit(Callback([cache = machine_.cache.get()] { cache->close_unused(); }));
                                       rest_later();
                                     }));
}

void Mailbox::serve_peers() {
  context_.link("auth").on_attach(
      [this](Channel& channel) { channel.serve<Grant>([this](Grant request, Deadline) { return grant(std::move(request)); }); });
  context_.link("front").on_attach([this](Channel& channel) {
    channel.serve_with_descriptors<HandOver>([this](WithDescriptors<HandOver> request, Deadline) -> Task<WithDescriptors<HandOverReply>> {
      return answer_hand_over(std::move(request));
    });
  });
  context_.link("queue").on_attach([this](Channel& channel) {
    delivery_->queue_attached();
    channel.serve_with_descriptors<delivery::Deliver>(
        [this](WithDescriptors<delivery::Deliver> request, Deadline) { return answer_deliver(std::move(request)); });
  });
}

Task<WithDescriptors<HandOverReply>> Mailbox::answer_hand_over(WithDescriptors<HandOver> request) {
  co_return WithDescriptors<HandOverReply>{.message = hand_over(std::move(request)), .descriptors = {}};
}

Task<WithDescriptors<delivery::DeliverReply>> Mailbox::answer_deliver(WithDescriptors<delivery::Deliver> request) {
  auto reply = co_await delivery_->deliver(std::move(request));
  used_ = context_.loop.now();
  co_return WithDescriptors<delivery::DeliverReply>{.message = std::move(reply), .descriptors = {}};
}

// --- sign-in ---

Task<GrantReply> Mailbox::grant(Grant request) {
  if (draining_) co_return GrantReply{.accepted = false, .reason = "shutting down"};
  used_ = context_.loop.now();
  if (!tickets_.add(std::move(request))) co_return GrantReply{.accepted = false, .reason = "not a grant"};
  co_return GrantReply{.accepted = true, .reason = {}};
}

HandOverReply Mailbox::refuse(const HandOver& request, const char* reason) {
  probe_->hand_over_refused(request, reason);
  return {.accepted = false, .reason = reason};
}

HandOverReply Mailbox::hand_over(WithDescriptors<HandOver> request) {
  HandOver& who = request.message;
  const auto grant = tickets_.take(who.ticket, who.service, who.peer);
  if (!grant) return refuse(who, "no such ticket");
  if (draining_) return refuse(who, "shutting down");
  if (request.descriptors.size() != 1) return refuse(who, "no socket");
  SessionStart start{.loop = context_.loop,
                     .log = context_.log,
                     .stream = machine_.stream(context_.loop, std::move(request.descriptors[0])),
                     .account = store_->account({.address = grant->account,
                                                 .maildir = grant->maildir,
                                                 .quota_bytes = grant->quota_bytes,
                                                 .quota_messages = grant->quota_messages}),
                     .session = who.session,
                     .peer = who.peer,
                     .tls = who.tls,
                     .first_output = who.first_output,
                     .tag = who.tag,
                     .buffered = who.buffered};
  auto session = who.service == auth::Service::Pop3 ? protocols_.pop3(std::move(start)) : protocols_.imap(std::move(start));
  sessions_->add(std::move(session), who, grant->account);
  return {.accepted = true, .reason = {}};
}

// --- life ---

control::Reloaded Mailbox::reload(const std::string& bytes) {
  MailboxSlice next;
  if (!decode_settings(bytes, next)) return {.error = "mailbox: the settings do not decode", .needs_restart = {}};
  control::Reloaded reply;
  reply.needs_restart = keys_needing_restart(settings_, next);
  settings_ = without_restart(settings_, next);
  delivery_->set(settings_.mailbox);
  return reply;
}

Task<bool> Mailbox::drain(Deadline deadline) {
  draining_ = true;
  const bool sessions = co_await sessions_->drain(deadline);
  const bool deliveries = co_await delivery_->drain(deadline);
  (void)co_await store_->settle(context_.loop.in(kSettle));
  co_return sessions&& deliveries;
}

bool Mailbox::idle() {
  if (sessions_->size() != 0 || tickets_.size() != 0 || !delivery_->idle()) return false;
  return context_.loop.now() - used_ >= settings_.mailbox.idle_time;
}

// The supervisor asks whether it may end the process of a system user.
Task<control::Answer> Mailbox::ask(control::Ask question) {
  if (question.verb == "idle") co_return control::Answer{.status = 0, .json = idle() ? "true" : "false", .error = {}};
  co_return control::Answer{.status = kUsageError, .json = {}, .error = "mailbox answers no questions: " + question.verb};
}

}  // namespace courier::mailbox
