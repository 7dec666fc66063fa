#include "daemons/auth/daemon.h"

#include <algorithm>
#include <thread>

#include "daemons/auth/peers.h"
#include "settings/changed.h"

namespace courier::auth {

namespace {
constexpr std::int32_t usage_error = 64;
constexpr std::int32_t data_error = 65;
constexpr Duration ensure_time = seconds(10);
}  // namespace

Pools make_pools(Loop& loop, const AuthSettings& settings) {
  const auto cores = std::max<std::int64_t>(1, std::thread::hardware_concurrency());
  const auto fit = std::max<std::int64_t>(1, settings.password_memory / settings.argon2_memory);
  return {make_pool(loop, 1), make_pool(loop, static_cast<int>(std::min(cores, fit)))};
}

Result<void, std::string> Auth::serve() {
  if (!decode_settings(context_.start.settings, settings_)) return fail(std::string("auth: the settings do not decode"));
  if (!database_) {
    auto opened = accounts::AccountDatabase::open(context_.disk, context_.start.state_dir + "/accounts.sqlite");
    if (!opened) return fail(opened.error());
    database_ = std::move(*opened);
  }
  if (!pools_.database) pools_ = make_pools(context_.loop, settings_);
  probe_ = std::make_unique<Probe>(context_.log, context_.metrics);
  store_ = std::make_unique<AccountStore>(context_.loop, *pools_.database, std::move(database_), settings_, context_.start);
  limits_ = std::make_unique<Limits>(settings_);
  mailboxes_ = std::make_unique<Mailboxes>(context_, [this](const std::string& name) -> Link& { return peer(name); });
  passwords_ = std::make_unique<Passwords>(context_.loop, *pools_.hashes, *store_, settings_);
  directory_ = std::make_unique<Directory>(*store_);
  sign_in_ = std::make_unique<SignIn>(SignIn::Parts{context_.loop, *store_, *passwords_, *limits_, *mailboxes_, *probe_}, settings_);
  context_.on_new_peer = [this](const std::string& name, Link& link) {
    link.on_attach([this, name](Channel& channel) { serve_peer(name, channel); });
  };
  return {};
}

// A link that auth itself asks for before the supervisor brought a channel is served all the same.
Link& Auth::peer(const std::string& name) {
  const bool is_new = context_.links.find(name) == context_.links.end();
  Link& link = context_.link(name);
  if (is_new) link.on_attach([this, name](Channel& channel) { serve_peer(name, channel); });
  return link;
}

void Auth::serve_peer(const std::string& name, Channel& channel) {
  sign_in_->restarted(name);
  const PeerRights* rights = rights_of(name);
  if (rights == nullptr) return;
  if (rights->connects) {
    channel.serve<Connected>([this, name](Connected request, Deadline) { return connected(name, std::move(request)); });
  }
  if (rights->disconnects) {
    channel.on_notice<Disconnected>(
        [this, name](Disconnected notice, std::vector<Descriptor>) { sign_in_->disconnected(name, notice.connection); });
  }
  if (rights->signs_in) {
    channel.serve<SaslBegin>([this, name](SaslBegin request, Deadline) { return sign_in_->begin(name, std::move(request)); });
    channel.serve<SaslContinue>([this, name](SaslContinue request, Deadline) { return sign_in_->proceed(name, std::move(request)); });
  }
  if (rights->looks_up) {
    channel.serve<directory::Lookup>(
        [this](directory::Lookup request, Deadline) { return directory_->lookup(std::move(request.address)); });
  }
  if (rights->expands) {
    channel.serve<directory::Expand>([this](directory::Expand request, Deadline) { return expand(std::move(request)); });
  }
  if (rights->asks_accounts) {
    channel.serve<directory::Account>(
        [this, name](directory::Account request, Deadline) { return directory_->account(name, std::move(request.address)); });
  }
}

Task<ConnectedReply> Auth::connected(std::string owner, Connected request) { co_return sign_in_->connected(owner, request); }

// The queue will deliver to these: processes of system accounts are started now.
Task<directory::ExpandReply> Auth::expand(directory::Expand request) {
  directory::ExpandReply reply = co_await directory_->expand(std::move(request));
  for (directory::Target& target : reply.targets) {
    if (!target.mailbox.starts_with("mailbox:u")) continue;
    const auto found = co_await store_->find(target.address);
    if (!found.account) continue;
    const auto there = co_await mailboxes_->ensure(*found.account, store_->how().mail_dir, context_.loop.in(ensure_time));
    // Not now: the queue's attempt waits for the process and is repeated.
    if (!there) probe_->grant_failed(target.mailbox, there.error());
  }
  co_return reply;
}

control::Reloaded Auth::reload(const std::string& bytes) {
  AuthSettings next;
  if (!decode_settings(bytes, next)) return {"auth: the settings do not decode", {}};
  control::Reloaded reply{{}, keys_needing_restart(settings_, next)};
  settings_ = without_restart(settings_, next);
  store_->set(settings_, context_.start);
  passwords_->set(settings_);
  limits_->set(settings_);
  sign_in_->set(settings_);
  return reply;
}

// Nothing here outlives a request: what runs ends with the channels of those who asked.
Task<bool> Auth::drain(Deadline) { co_return true; }

Task<control::Answer> Auth::ask(control::Ask question) {
  if (question.verb.starts_with("limits")) co_return limits(question);
  const std::string verb = question.verb;
  auto answer = co_await store_->administer(std::move(question.verb), std::move(question.arguments));
  if (accounts::is_mutation(verb)) probe_->administration(verb, answer.status);
  co_return answer;
}

control::Answer Auth::limits(const control::Ask& question) {
  if (question.verb == "limits" && question.arguments.empty()) return {0, to_json(limits_->state(context_.loop.now())), {}};
  if (question.verb == "limits forget" && question.arguments.empty()) {
    limits_->forget();
    return {0, R"({"forgotten":"all"})", {}};
  }
  if (question.verb == "limits forget" && question.arguments.size() == 1) {
    const auto address = IpAddress::parse(question.arguments[0]);
    if (!address) return {data_error, {}, "not an IP address"};
    if (!limits_->forget(*address)) return {data_error, {}, "nothing is held against " + address->text()};
    return {0, "{\"forgotten\":" + json_string(address->text()) + "}", {}};
  }
  return {usage_error, {}, "usage: limits | limits forget [ADDRESS]"};
}

}  // namespace courier::auth
