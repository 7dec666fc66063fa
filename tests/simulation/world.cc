#include "simulation/world.h"

#include <algorithm>

#include "contracts/mailbox.h"
#include "daemons/queue/testing/submit.h"
#include "store/cache/sqlite_cache.h"

namespace courier::simulation {

namespace {

constexpr const char* mailbox_name = "mailbox:v0";

// The socket that is handed over stays unused: the session works without words.
StreamPtr no_stream(Loop& loop, const Descriptor&) { return std::move(make_memory_streams(loop).first); }

}  // namespace

class ClientSession final : public mailbox::Session {
 public:
  ClientSession(World& world, mailbox::SessionStart start) : world_(world), start_(std::move(start)) {
    world_.clients_[start_.account->spec().address] = this;
  }
  ~ClientSession() override { world_.clients_.erase(start_.account->spec().address); }

  Task<> run() override { co_await CellRef(ended_); }
  void drain() override { ended_->complete(); }

  Task<store::StoreResult<std::vector<Seen>>> look() {
    if (!inbox_) {
      auto opened = co_await start_.account->open(store::FolderName());
      if (!opened) co_return fail(opened.error());
      inbox_ = std::move(*opened);
    }
    const auto refreshed = co_await inbox_->refresh(store::Access::Select);
    if (!refreshed) co_return fail(refreshed.error());
    const store::SnapshotPtr now = refreshed->snapshot;
    std::vector<store::Uid> uids;
    for (std::uint32_t i = 0; i < now->size(); ++i) uids.push_back(now->at(i).uid);
    std::vector<Seen> seen;
    while (!uids.empty()) {
      auto loaded = co_await inbox_->load(uids);
      if (!loaded) co_return fail(loaded.error());
      if (loaded->empty()) break;
      co_await remember(*loaded);
      std::erase_if(uids, [&](store::Uid uid) { return uid <= loaded->back().uid; });
      for (const store::LoadedMessage& one : *loaded) {
        seen.push_back({.uid_validity = now->uid_validity().value,
                        .uid = one.uid.value,
                        .name = name_of(one.bytes),
                        .keywords = now->keywords(*now->find(one.uid))});
      }
    }
    co_return seen;
  }

  Task<bool> mark(std::uint32_t uid, std::string keyword) {
    const auto stored =
        co_await inbox_->store({store::Uid(uid)}, {.kind = store::FlagChange::Kind::Add, .flags = {}, .keywords = {keyword}});
    co_return stored && stored->changed.size() == 1;
  }

 private:
  // As FETCH does for messages that the cache does not know.
  Task<> remember(const std::vector<store::LoadedMessage>& messages) {
    std::vector<store::Uid> uids;
    for (const store::LoadedMessage& one : messages) uids.push_back(one.uid);
    const std::vector<store::Computed> known = co_await inbox_->computed(std::move(uids));
    std::vector<store::Computed> fresh;
    for (const store::LoadedMessage& one : messages) {
      if (std::ranges::find(known, one.uid, &store::Computed::uid) != known.end()) continue;
      fresh.push_back(
          {.uid = one.uid, .internal_date = one.internal_date, .stored_size = one.size, .wire_size = one.size, .structure = "text"});
    }
    if (!fresh.empty()) inbox_->remember(std::move(fresh));
  }

  World& world_;
  mailbox::SessionStart start_;
  store::FolderPtr inbox_;  // after the account that start_ holds, so gone before it
  CellRef ended_ = make_cell();
};

World::World(SimulatedDisk& disk, WallTime begins, std::uint64_t boot)
    : disk_(disk),
      queue_context_{loop, no_log(), metrics_, disk, {}, {}, nullptr, {}, {}},
      mailbox_context_{loop, no_log(), metrics_, disk, {}, {}, nullptr, {}, {}} {
  loop.set_wall(begins);
  disk_.set_clock([this] { return loop.wall_now(); });
  disk_.lend_descriptors("/spool/bodies");
  queue_context_.start.role = "queue";
  queue_context_.start.state_dir = "/spool";
  queue_context_.start.settings = encode_settings(queue::testing::Rig::small_settings());
  mailbox_context_.start.role = "mailbox";
  mailbox_context_.start.instance = "v0";
  mailbox_context_.start.settings = encode_settings(MailboxSlice());
  for (DaemonContext* context : {&queue_context_, &mailbox_context_}) {
    context->start.host_name = "our.test";
    context->start.boot = boot;
  }
  auth.lists[team] = team_members();
  esmtp.answer = [](const delivery::Deliver&, const delivery::Recipient&) { return queue::testing::FakeTransport::failed(); };
}

World::~World() {
  sign_out();
  mailbox_.reset();
  queue_.reset();
  disk_.set_clock(nullptr);
}

mailbox::Machine World::make_machine(DaemonContext& context) {
  return {.cache = std::make_unique<store::SqliteCache>(context.disk, store::CacheSettings(), [this] { return loop.now(); }),
          .work = make_inline_pool(loop),
          .delivery = make_inline_pool(loop),
          .watcher = nullptr,
          .is_root = false,
          .stream = no_stream};
}

std::unique_ptr<mailbox::Session> World::make_session(mailbox::SessionStart start) {
  return std::make_unique<ClientSession>(*this, std::move(start));
}

ChannelPtr World::connect(DaemonContext& context, const std::string& peer) {
  ChannelPair pair = make_memory_channels(loop);
  context.attach(peer, std::move(pair.first));
  return std::move(pair.second);
}

std::string World::serve() {
  mailbox_ = std::make_unique<mailbox::Mailbox>(
      mailbox_context_, [this](DaemonContext& context, const MailboxSettings&) { return make_machine(context); },
      [this](DaemonContext&, const MailboxSlice&) {
        return mailbox::Protocols{.imap = [this](mailbox::SessionStart start) { return make_session(std::move(start)); }, .pop3 = {}};
      });
  if (const auto served = mailbox_->serve(); !served) return served.error();
  queue_ = std::make_unique<queue::Queue>(queue_context_, queue::Pools{.writer = make_inline_pool(loop), .files = make_inline_pool(loop)});
  if (const auto served = queue_->serve(); !served) return served.error();
  mailbox_context_.attach("queue", connect(queue_context_, mailbox_name));
  front_ = connect(mailbox_context_, "front");
  auth_to_mailbox_ = connect(mailbox_context_, "auth");
  auth.serve_mailbox(*auth_to_mailbox_);
  smtpd_ = connect(queue_context_, "smtpd-mx");
  ends_.push_back(connect(queue_context_, "auth"));
  auth.serve(*ends_.back());
  ends_.push_back(connect(queue_context_, "esmtp"));
  esmtp.serve(*ends_.back());
  return {};
}

Task<submit::Outcome> World::send(submit::Submit request) {
  return queue::testing::submit_as_smtpd(*smtpd_, std::move(request), Deadline::never());
}

std::size_t World::queued() {
  const control::Answer answer = run_until_done(loop, queue_->ask({.verb = "status", .arguments = {}}));
  const std::string key = "\"messages\":";
  const auto at = answer.json.find(key);
  CHECK(at != std::string::npos);
  return std::stoul(answer.json.substr(at + key.size()));
}

bool World::settle() {
  const Instant end = loop.now() + days(2);
  loop.run_ready();
  while (queued() > 0) {
    if (loop.now() > end) return false;
    loop.advance(minutes(1));
  }
  return true;
}

ClientSession* World::sign_in(const std::string& address) {
  if (const auto there = clients_.find(address); there != clients_.end()) return there->second;
  mailbox::Grant grant;
  grant.ticket = ++tickets_;
  grant.account = address;
  grant.maildir = queue::testing::FakeAuth::maildir_of(address);
  mailbox::HandOver request;
  request.ticket = grant.ticket;
  SocketPair pair = make_socket_pair();
  std::vector<Descriptor> descriptors;
  descriptors.push_back(std::move(pair.first));
  const auto granted = run_until_done(loop, auth_to_mailbox_->call(grant, Deadline::never()));
  CHECK(granted && granted->accepted);
  const auto accepted = run_until_done(loop, front_->call(request, Deadline::never(), std::move(descriptors)));
  CHECK(accepted && accepted->accepted);
  return clients_.at(address);
}

store::StoreResult<std::vector<Seen>> World::look(const std::string& address) { return run_until_done(loop, sign_in(address)->look()); }

bool World::mark(const std::string& address, std::uint32_t uid, const std::string& keyword) {
  return run_until_done(loop, sign_in(address)->mark(uid, keyword));
}

void World::sign_out() {
  while (!clients_.empty()) {
    clients_.begin()->second->drain();
    loop.run_ready();
  }
  loop.run_ready();
}

}  // namespace courier::simulation
