#include "daemons/queue/attempt.h"

#include <fcntl.h>

#include <algorithm>
#include <map>

namespace courier::queue {
namespace {

constexpr int tries = 3;
// A transport or mailbox process that has just died is started again meanwhile.
constexpr Duration wait_for_process = seconds(30);

const Target& target_of(const Message& message, std::uint32_t number) {
  const auto place =
      std::find_if(message.record.targets.begin(), message.record.targets.end(), [&](const Target& t) { return t.number == number; });
  CHECK(place != message.record.targets.end());
  return *place;
}

delivery::Deliver make_request(const Message& message, const Group& group) {
  delivery::Deliver request;
  const submit::Envelope& envelope = message.record.envelope;
  request.id = envelope.id;
  request.arrived_us = message.record.arrived_us;
  request.sender = envelope.sender;
  request.ret = envelope.ret;
  request.envelope_id = envelope.envelope_id;
  request.smtputf8 = envelope.smtputf8;
  request.eight_bit = envelope.eight_bit;
  request.attempt = message.progress.rounds;
  request.body.size = message.record.size;
  if (message.body) request.body.bytes = *message.body;
  if (group.transport == Transport::Remote) request.site = group.host;
  for (const std::uint32_t number : group.numbers) {
    const Target& target = target_of(message, number);
    request.recipients.push_back({.number = number,
                                  .address = target.address,
                                  .original = target.original,
                                  .notify = target.notify,
                                  .delivered_to = group.transport == Transport::Local ? target.address : std::string()});
  }
  return request;
}

delivery::DeliverReply all_deferred(const Group& group, const std::string& status, const std::string& text) {
  delivery::DeliverReply reply;
  for (const std::uint32_t number : group.numbers) {
    reply.results.push_back(
        {.number = number, .outcome = delivery::Outcome::Deferred, .reply = {}, .status = status, .remote = {}, .text = text});
  }
  return reply;
}

}  // namespace

std::vector<Group> group_targets(const Message& message, std::size_t most) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> open;  // way -> group that has room, when there may be more than one
  for (const Target& target : message.record.targets) {
    if (target.kind != TargetKind::Mailbox && target.kind != TargetKind::Remote) continue;
    if (message.finished(target)) continue;
    const bool local = target.kind == TargetKind::Mailbox;
    std::string host = local ? target.mailbox : domain_of(target.address);
    if (message.record.targets.size() == 1) {
      groups.push_back({.transport = local ? Transport::Local : Transport::Remote, .host = std::move(host), .numbers = {target.number}});
      break;
    }
    const auto [place, added] = open.try_emplace((local ? "l " : "r ") + host, groups.size());
    if (added || groups[place->second].numbers.size() >= most) {
      place->second = groups.size();
      groups.push_back({.transport = local ? Transport::Local : Transport::Remote, .host = host, .numbers = {}});
    }
    groups[place->second].numbers.push_back(target.number);
  }
  return groups;
}

// The process that has the mailbox, asked of auth, which has it started.
Task<std::string> Attempts::mailbox_for(const Message& message, const Group& group) {
  const std::string address = target_of(message, group.numbers.front()).address;
  const directory::ExpandReply answer = co_await resolver_.ask(address, {});
  for (const directory::Target& target : answer.targets) {
    if (target.kind == directory::TargetKind::Mailbox && target.address == address) co_return target.mailbox;
  }
  co_return group.host;
}

// From the spool.
Task<bool> Attempts::read_body(const Message& message, delivery::Deliver& request, std::vector<Descriptor>& descriptors) {
  const spool::Number number = message.number;
  auto body = co_await parts_.writer.run([number](spool::Spool& spool) { return spool.body(number); });
  if (!body) {
    parts_.probe.spool_trouble("read body", body.error());
    co_return false;
  }
  if (!body->file) {
    request.body.bytes = std::move(body->bytes);
    co_return true;
  }
  request.body.in_file = true;
  descriptors.clear();
  descriptors.emplace_back(::fcntl(body->file->descriptor(), F_DUPFD_CLOEXEC, 3));
  co_return descriptors.front().get() >= 0;
}

Task<delivery::DeliverReply> Attempts::attempt(const Message& message, const Group& group) {
  const bool local = group.transport == Transport::Local;
  const Deadline deadline = parts_.loop.in(local ? parts_.settings.local_timeout : parts_.settings.remote_timeout);
  for (int i = 0; i < tries; ++i) {
    // As of the expansion, while it is there.
    std::string peer = local ? group.host : "esmtp";
    if (local && parts_.context.link(peer).channel() == nullptr) peer = co_await mailbox_for(message, group);
    Link& link = parts_.context.link(peer);
    if (link.channel() == nullptr && !co_await link.wait_attached(parts_.loop.in(wait_for_process).sooner(deadline))) {
      co_return all_deferred(group, "4.3.0", "no process " + peer + " to deliver through");
    }
    delivery::Deliver request = make_request(message, group);
    std::vector<Descriptor> descriptors;
    // A body that cannot be read is never reported as delivered.
    if (!message.body && !co_await read_body(message, request, descriptors))
      co_return all_deferred(group, "4.3.0", "the body cannot be read");
    auto reply = co_await link.call(request, deadline, std::move(descriptors));
    if (reply) co_return std::move(*reply);
    parts_.probe.transport_fault(message.id(), group.host, to_string(reply.error()));
    if (reply.error() != ChannelFault::Closed)
      co_return all_deferred(group, "4.4.2", std::string("transport: ") + to_string(reply.error()));
  }
  co_return all_deferred(group, "4.3.0", "the transport ended again and again");
}

}  // namespace courier::queue
