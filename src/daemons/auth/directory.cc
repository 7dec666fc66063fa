#include "daemons/auth/directory.h"

#include <algorithm>

#include "store/accounts/shard.h"

namespace courier::auth {

namespace {

constexpr std::uint32_t most_in_a_chunk = 5'000;

directory::Target to_target(const accounts::Target& target, const accounts::Administration& how) {
  directory::Target out;
  out.address = target.address;
  if (!target.failure.empty()) {
    out.kind = directory::TargetKind::Failed;
    out.reason = target.failure;
  } else if (target.local) {
    out.kind = directory::TargetKind::Mailbox;
    out.mailbox = accounts::mailbox_of(target.account, how.shards);
  }
  return out;
}

}  // namespace

Task<directory::LookupReply> Directory::lookup(std::string address) {
  directory::LookupReply reply;
  const std::string canonical = store_.canonical(address);
  if (canonical.empty()) {
    reply.verdict = directory::Verdict::Unknown;
    co_return reply;
  }
  const ResolutionPtr found = co_await store_.resolve(canonical);
  if (!found) co_return reply;  // Later
  switch (found->meaning) {
    case accounts::Meaning::Unknown: reply.verdict = directory::Verdict::Unknown; break;
    case accounts::Meaning::Relayed: reply.verdict = directory::Verdict::Relayed; break;
    case accounts::Meaning::Foreign: reply.verdict = directory::Verdict::Foreign; break;
    case accounts::Meaning::Targets:
      if (found->targets.size() != 1) {
        reply.verdict = directory::Verdict::List;
        reply.count = static_cast<std::uint32_t>(found->targets.size());
      } else if (!found->targets[0].failure.empty()) {
        reply.verdict = directory::Verdict::Unknown;
      } else {
        reply.verdict = directory::Verdict::One;
        reply.target = found->targets[0].address;
      }
      break;
  }
  co_return reply;
}

Task<directory::ExpandReply> Directory::expand(directory::Expand request) {
  directory::ExpandReply reply;
  const std::string canonical = store_.canonical(request.address);
  if (canonical.empty()) {
    reply.targets.push_back({directory::TargetKind::Failed, request.address, {}, "550 5.1.3 Bad address syntax"});
    co_return reply;
  }
  const ResolutionPtr found = co_await store_.resolve(canonical);
  if (!found) {
    reply.available = false;
    co_return reply;
  }
  if (found->meaning == accounts::Meaning::Unknown) {
    reply.targets.push_back({directory::TargetKind::Failed, canonical, {}, "550 5.1.1 User unknown"});
    co_return reply;
  }
  reply.was_alias = found->was_alias;
  const std::size_t most = std::clamp(request.most, 1u, most_in_a_chunk);
  auto at = std::ranges::upper_bound(found->targets, request.cursor, {}, &accounts::Target::address);
  if (request.cursor.empty()) at = found->targets.begin();
  for (; at != found->targets.end() && reply.targets.size() < most; ++at) reply.targets.push_back(to_target(*at, store_.how()));
  if (at != found->targets.end()) reply.next = reply.targets.back().address;
  co_return reply;
}

Task<directory::AccountReply> Directory::account(std::string mailbox, std::string address) {
  directory::AccountReply reply;
  const AccountStore::Found found = co_await store_.find(store_.canonical(address));
  reply.available = found.available;
  if (!found.account || accounts::mailbox_of(*found.account, store_.how().shards) != mailbox) co_return reply;
  const accounts::Place place = accounts::place_of(*found.account, store_.how().mail_dir);
  reply.found = true;
  reply.address = found.account->address;
  reply.uid = found.account->uid;
  reply.gid = found.account->gid;
  reply.home = place.home;
  reply.maildir = place.maildir;
  reply.quota_bytes = found.account->quota_bytes;
  reply.quota_messages = found.account->quota_messages;
  co_return reply;
}

}  // namespace courier::auth
