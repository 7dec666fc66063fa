#include "daemons/queue/resolver.h"

#include <map>

namespace courier::queue {
namespace {

constexpr Duration patience = seconds(20);
constexpr Duration remembered = seconds(5);
constexpr std::size_t most_remembered = 10'000;

TargetKind kind_of(directory::TargetKind kind) {
  switch (kind) {
    case directory::TargetKind::Mailbox: return TargetKind::Mailbox;
    case directory::TargetKind::Remote: return TargetKind::Remote;
    case directory::TargetKind::Failed: return TargetKind::Failed;
  }
  return TargetKind::Failed;
}

// What makes two direct recipients one. `key`: the target's address_key.
std::string direct_key(const std::string& key, const Target& target) {
  return target.notify == submit::NotifyNever ? key + "\n" : key + "\n" + target.original;
}

}  // namespace

Target TargetMaker::make(const directory::Target& found, bool list, bool renamed) const {
  const submit::Recipient& asked = envelope_.recipients[recipient_];
  Target target;
  target.recipient = recipient_;
  target.kind = kind_of(found.kind);
  target.address = found.address;
  target.mailbox = found.mailbox;
  target.reason = found.reason;
  target.notify = list ? static_cast<std::uint8_t>(submit::NotifyNever) : asked.notify;
  target.original = asked.original;
  if (target.original.empty() && renamed && !list) target.original = "rfc822;" + asked.address;
  return target;
}

void TargetMaker::add(const directory::ExpandReply& answer, bool part, std::set<std::string>& sent, std::vector<Target>& targets) {
  const bool list = part || answer.targets.size() > 1;
  const bool alone = !list && envelope_.recipients.size() == 1;  // there is no other that could be the same
  const auto append = [&](Target target) {
    target.number = static_cast<std::uint32_t>(targets.size());
    targets.push_back(std::move(target));
  };
  for (const directory::Target& found : answer.targets) {
    Target target = make(found, list, answer.was_alias);
    if (alone) {
      append(std::move(target));
      continue;
    }
    std::string address = address_key(target.address);
    if (list && sent.contains(address)) continue;
    if (!list && !sent.insert(direct_key(address, target)).second) continue;
    sent.insert(std::move(address));
    append(std::move(target));
  }
  const submit::Recipient& asked = envelope_.recipients[recipient_];
  if (list && !part && (asked.notify & submit::NotifySuccess) != 0) {
    append(Target{.number = 0,
                  .recipient = recipient_,
                  .kind = TargetKind::Alias,
                  .address = asked.address,
                  .mailbox = {},
                  .notify = asked.notify,
                  .original = asked.original,
                  .reason = {}});
  }
}

Resolver::Resolver(Parts& parts) : parts_(parts), known_(parts.loop, remembered, most_remembered) {}

Task<directory::ExpandReply> Resolver::expand(std::string address, std::string cursor) {
  if (const directory::ExpandReply* known = known_.find(address)) co_return *known;
  co_return co_await ask(std::move(address), std::move(cursor));
}

Task<directory::ExpandReply> Resolver::ask(std::string address, std::string cursor) {
  directory::Expand question;
  question.address = address;
  question.cursor = std::move(cursor);
  question.most = list_chunk;
  auto answer = co_await parts_.context.link("auth").call(question, parts_.loop.in(patience));
  if (answer) {
    // A name that means one mailbox or one address elsewhere: nearly all do.
    const bool plain = answer->available && answer->next.empty() && answer->targets.size() == 1;
    if (plain && answer->targets.front().kind != directory::TargetKind::Failed) known_.keep(address, *answer);
    co_return std::move(*answer);
  }
  directory::ExpandReply none;
  none.available = false;
  co_return none;
}

Task<> Resolver::resolve(Record& record) {
  // Lists come last, so that who is named directly is not served as a member.
  std::vector<std::pair<std::uint32_t, directory::ExpandReply>> lists;
  std::set<std::string> sent;
  std::set<std::string> asked;
  const std::size_t recipients = record.envelope.recipients.size();
  for (std::uint32_t i = 0; i < recipients; ++i) {
    const submit::Recipient& recipient = record.envelope.recipients[i];
    if (recipients > 1 && !asked.insert(address_key(recipient.address) + "\n" + recipient.original).second) continue;
    if (const directory::ExpandReply* known = known_.find(recipient.address)) {
      TargetMaker(record.envelope, i).add(*known, false, sent, record.targets);
      continue;
    }
    directory::ExpandReply answer = co_await ask(recipient.address, {});
    if (!answer.available || !answer.next.empty()) {
      record.expansions.push_back({.recipient = i, .cursor = {}});
    } else if (answer.targets.size() > 1) {
      lists.emplace_back(i, std::move(answer));
    } else {
      TargetMaker(record.envelope, i).add(answer, false, sent, record.targets);
    }
  }
  for (const auto& [recipient, answer] : lists) TargetMaker(record.envelope, recipient).add(answer, false, sent, record.targets);
}

}  // namespace courier::queue
