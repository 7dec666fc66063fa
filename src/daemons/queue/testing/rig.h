// Rig: a queue on a fake clock, with fakes of everything it talks to: smtpd (the test itself), auth, one mailbox process and
// esmtp, over memory channels. For tests of this folder; tests/simulation uses the fakes beside a real mailbox process.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contracts/delivery.h"
#include "contracts/directory.h"
#include "contracts/submit.h"
#include "daemons/queue/queue.h"
#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"

namespace courier::queue::testing {

// auth: "NAME@our.test" are accounts whose mail lies in /mail/NAME, "nobody@our.test" is unknown, lists are given, everything
// else is remote.
class FakeAuth {
 public:
  static std::string maildir_of(const std::string& address) { return "/mail/" + address.substr(0, address.find('@')); }
  void serve(Channel& channel) {
    channel.serve<directory::Expand>([this](directory::Expand question, Deadline) { return expand(std::move(question)); });
  }
  Task<directory::ExpandReply> expand(directory::Expand question) {
    ++asked;
    directory::ExpandReply reply;
    reply.available = available;
    if (!available) co_return reply;
    const auto list = lists.find(question.address);
    if (list == lists.end()) {
      reply.targets.push_back(target(question.address));
      co_return reply;
    }
    reply.was_alias = true;
    std::size_t i = question.cursor.empty() ? 0 : std::stoul(question.cursor);
    for (std::uint32_t n = 0; n < question.most && i < list->second.size(); ++n) reply.targets.push_back(target(list->second[i++]));
    if (i < list->second.size()) reply.next = std::to_string(i);
    co_return reply;
  }
  // What mailbox processes ask.
  void serve_mailbox(Channel& channel) {
    channel.serve<directory::Account>([this](directory::Account question, Deadline) { return account(std::move(question)); });
  }
  Task<directory::AccountReply> account(directory::Account question) {
    directory::AccountReply reply;
    reply.available = accounts_available;
    reply.found = target(question.address).kind == directory::TargetKind::Mailbox;
    reply.address = question.address;
    reply.maildir = maildir_of(question.address);
    co_return reply;
  }
  static directory::Target target(const std::string& address) {
    if (address == "nobody@our.test") {
      return {.kind = directory::TargetKind::Failed, .address = address, .mailbox = {}, .reason = "550 5.1.1 <nobody@our.test> unknown"};
    }
    const bool ours = address.ends_with("@our.test");
    return {.kind = ours ? directory::TargetKind::Mailbox : directory::TargetKind::Remote,
            .address = address,
            .mailbox = ours ? "mailbox:v0" : "",
            .reason = {}};
  }
  std::map<std::string, std::vector<std::string>> lists;
  bool available = true;
  bool accounts_available = true;
  int asked = 0;
};

// A mailbox or transport: remembers what it was given, answers as the test says (default: delivered).
class FakeTransport {
 public:
  explicit FakeTransport(Loop& loop) : loop_(loop) {}
  void serve(Channel& channel) {
    channel.serve_with_descriptors<delivery::Deliver>(
        [this](WithDescriptors<delivery::Deliver> request, Deadline) { return deliver(std::move(request)); });
  }
  Task<WithDescriptors<delivery::DeliverReply>> deliver(WithDescriptors<delivery::Deliver> request) {
    ++running;
    most_running = std::max(most_running, running);
    requests.push_back(request.message);
    if (takes.nanoseconds > 0) co_await loop_.sleep(takes);
    WithDescriptors<delivery::DeliverReply> reply;
    reply.message.site_pause_ms = site_pause_ms;
    for (const delivery::Recipient& recipient : request.message.recipients) {
      delivery::Result result = answer ? answer(request.message, recipient) : delivered();
      result.number = recipient.number;
      if (result.outcome == delivery::Outcome::Delivered) ++copies[request.message.id + "/" + recipient.address];
      reply.message.results.push_back(std::move(result));
    }
    --running;
    co_return reply;
  }
  static delivery::Result delivered() {
    return {.number = 0, .outcome = delivery::Outcome::Delivered, .reply = "250 2.0.0 Ok", .status = "2.0.0", .remote = {}, .text = {}};
  }
  static delivery::Result deferred(const std::string& reply = "451 4.3.0 later") {
    return {.number = 0,
            .outcome = delivery::Outcome::Deferred,
            .reply = reply,
            .status = {},
            .remote = "mx.remote.test [192.0.2.9]",
            .text = {}};
  }
  static delivery::Result failed(const std::string& reply = "550 5.1.1 No such user") {
    return {.number = 0,
            .outcome = delivery::Outcome::Failed,
            .reply = reply,
            .status = {},
            .remote = "mx.remote.test [192.0.2.9]",
            .text = {}};
  }
  std::function<delivery::Result(const delivery::Deliver&, const delivery::Recipient&)> answer;
  std::vector<delivery::Deliver> requests;
  std::map<std::string, int> copies;  // "id/address" -> how often
  Duration takes{};
  std::int64_t site_pause_ms = 0;
  int running = 0, most_running = 0;

 private:
  Loop& loop_;
};

class Rig {
 public:
  explicit Rig(Disk& disk, QueueSettings settings = small_settings()) : context{loop, no_log(), metrics, disk, {}, {}, nullptr, {}, {}} {
    context.start.role = "queue";
    context.start.host_name = "our.test";
    context.start.boot = 7;
    context.start.state_dir = "/spool";
    context.start.settings = encode_settings(settings);
  }
  static QueueSettings small_settings() {
    QueueSettings settings;
    settings.reserve = 1 << 20;
    return settings;
  }
  // Opens the spool and connects everyone. Empty, or the error.
  std::string serve() {
    queue = std::make_unique<Queue>(context, Pools{.writer = make_inline_pool(loop), .files = make_inline_pool(loop)});
    auto served = queue->serve();
    if (!served) return served.error();
    auth_end = connect("auth");
    auth.serve(*auth_end);
    mailbox_end = connect("mailbox:v0");
    mailbox.serve(*mailbox_end);
    esmtp_end = connect("esmtp");
    esmtp.serve(*esmtp_end);
    mx = connect("smtpd-mx");
    inject = connect("smtpd-inject");
    return {};
  }
  ChannelPtr connect(const std::string& peer) {
    ChannelPair pair = make_memory_channels(loop);
    context.attach(peer, std::move(pair.first));
    return std::move(pair.second);
  }

  static submit::Submit message(const std::string& id, std::vector<std::string> to, const std::string& body = "Subject: hi\n\nhello\n") {
    submit::Submit request;
    request.envelope.id = id;
    request.envelope.sender = "ann@sender.test";
    for (std::string& address : to) request.envelope.recipients.push_back({.address = std::move(address), .notify = 0, .original = {}});
    request.body.bytes = body;
    request.body.size = body.size();
    return request;
  }
  submit::SubmitReply submit_by(Channel& channel, submit::Submit request) {
    auto reply = run_until_done(loop, channel.call(request, Deadline::never()));
    return reply ? *reply : submit::SubmitReply{.outcome = submit::Outcome::Failed, .text = to_string(reply.error())};
  }
  submit::Outcome submit(const std::string& id, std::vector<std::string> to) { return submit_by(*mx, message(id, std::move(to))).outcome; }
  control::Answer ask(const std::string& verb, std::vector<std::string> arguments = {}) {
    return run_until_done(loop, queue->ask({.verb = verb, .arguments = std::move(arguments)}));
  }
  // What the transports were given whose text contains that.
  static std::vector<delivery::Deliver> with_text(const FakeTransport& transport, const std::string& text) {
    std::vector<delivery::Deliver> found;
    for (const auto& request : transport.requests) {
      if (request.body.bytes.view().find(text) != std::string::npos) found.push_back(request);
    }
    return found;
  }

  ManualLoop loop;
  Metrics metrics;
  DaemonContext context;
  FakeAuth auth;
  FakeTransport mailbox{loop}, esmtp{loop};
  ChannelPtr auth_end, mailbox_end, esmtp_end, mx, inject;
  std::unique_ptr<Queue> queue;
};

}  // namespace courier::queue::testing
