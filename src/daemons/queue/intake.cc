#include "daemons/queue/intake.h"

#include <fcntl.h>

#include <algorithm>

#include "base/text.h"

namespace courier::queue {
namespace {

using submit::Outcome;
using submit::Source;

constexpr std::size_t most_open_bodies = 1000;
constexpr std::size_t most_recipients = 100'000;

submit::SubmitReply answer(Outcome outcome, std::string text = {}) { return {.outcome = outcome, .text = std::move(text)}; }

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Accepted: return "accepted";
    case Outcome::Full: return "full";
    case Outcome::Busy: return "busy";
    case Outcome::Repeated: return "repeated";
    case Outcome::Invalid: return "invalid";
    case Outcome::Failed: return "failed";
  }
  return "unknown";
}

Outcome outcome_of(spool::Verdict verdict) {
  switch (verdict) {
    case spool::Verdict::Done: return Outcome::Accepted;
    case spool::Verdict::RepeatedId:
    case spool::Verdict::RepeatedKey: return Outcome::Repeated;
    case spool::Verdict::Full: return Outcome::Full;
    case spool::Verdict::Failed:
    case spool::Verdict::Damaged: return Outcome::Failed;
  }
  return Outcome::Failed;
}

// The id becomes a file name.
bool is_id(std::string_view id) {
  if (id.empty() || id.size() > 100 || id.front() == '.') return false;
  return std::all_of(id.begin(), id.end(), [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '.' || c == '-' || c == '_'; });
}

MessagePtr make_message(submit::Submit& request, Source source, WallTime now) {
  auto message = std::make_shared<Message>();
  Record& record = message->record;
  record.envelope = std::move(request.envelope);
  record.source = source;
  record.arrived_us = now.microseconds;
  record.size = request.body.size;
  record.in_file = request.body.in_file;
  record.unique_key = std::move(request.unique_key);
  std::string text;
  text.reserve(160);
  text.append("accepted from ").append(submit::to_string(source));
  if (!record.envelope.peer_address.empty()) {
    text.append(" (").append(record.envelope.peer_name).append(" [").append(record.envelope.peer_address).append("])");
  }
  text.append(", ").append(std::to_string(record.size)).append(" bytes from <").append(printable(record.envelope.sender)).append(">");
  message->progress.event(now, std::move(text));
  return message;
}

}  // namespace

const char* fault_of(const submit::Submit& request, Source source) {
  if (!is_id(request.envelope.id)) return "the queue id";
  if (request.envelope.recipients.empty()) return "no recipients";
  if (request.envelope.recipients.size() > most_recipients) return "too many recipients";
  for (const submit::Recipient& recipient : request.envelope.recipients) {
    if (recipient.address.empty()) return "an empty recipient";
  }
  if (request.body.in_file != request.body.bytes.empty() && request.body.size != 0) return "the body is neither here nor in a file";
  if (!request.body.in_file && request.body.bytes.size() != request.body.size) return "the body's size";
  if (!request.body.in_file && request.body.size > inline_body_limit) return "the body is too large to come along";
  const bool inner = !request.unique_key.empty() || request.finishes || request.envelope.hold_until_us != 0;
  if (inner && source == Source::Mx) return "what only inner sources may ask for";
  if (request.finishes && source != Source::Inject) return "what only inner sources may ask for";
  return nullptr;
}

Intake::Intake(Parts& parts, Resolver& resolver, Rounds& rounds)
    : parts_(parts),
      resolver_(resolver),
      rounds_(rounds),
      memory_(std::make_shared<std::int64_t>(0)),
      tasks_(parts.loop, no_exceptions()) {}

void Intake::serve(const std::string& role, Source source) {
  parts_.context.link(role).on_attach([this, source](Channel& channel) {
    const auto door = std::make_shared<Door>();
    door->source = source;
    channel.serve_apart<submit::Submit>([this, door](submit::Submit request, Answer<submit::SubmitReply> answer) {
      tasks_.spawn(process(door, std::move(request), std::move(answer)));
    });
    channel.serve_with_descriptors<submit::OpenBody>(
        [this, door](WithDescriptors<submit::OpenBody> request, Deadline) { return open_body(door, std::move(request.message)); });
    channel.on_notice<submit::AbandonBody>(
        [door](submit::AbandonBody notice, std::vector<Descriptor>) { door->bodies.erase(notice.handle); });
    if (source != Source::Inject) return;
    channel.serve<submit::Cancel>([this](submit::Cancel request, Deadline) { return cancel(std::move(request)); });
  });
}

Task<> Intake::process(DoorPtr door, submit::Submit request, Answer<submit::SubmitReply> answer) {
  const std::string id = request.envelope.id;
  const submit::SubmitReply reply = co_await accept(*door, request);
  if (reply.outcome != Outcome::Accepted) parts_.probe.refused(printable(id), name_of(reply.outcome), reply.text);
  answer(reply);
}

// New mail is refused for now.
bool Intake::overrun() const { return draining_ || parts_.writer.waiting() >= static_cast<std::size_t>(parts_.settings.most_waiting); }

// New mail is held up a little. The reserve itself is guarded by the spool.
bool Intake::crowded() const {
  return rounds_.full() || parts_.writer.free_bytes() < 2 * static_cast<std::uint64_t>(parts_.settings.reserve);
}

Task<> Intake::slow_down() {
  const auto& settings = parts_.settings;
  const auto reserve = static_cast<std::uint64_t>(settings.reserve);
  const std::uint64_t free = parts_.writer.free_bytes();
  if (free < 2 * reserve && free >= reserve) {
    // The closer to the reserve, the longer.
    const auto missing = static_cast<std::int64_t>((2 * reserve - free) * 100 / reserve);
    co_await parts_.loop.sleep(nanoseconds(settings.slow_intake.nanoseconds / 100 * missing));
  }
  if (rounds_.full()) co_await rounds_.room(parts_.loop.in(settings.slow_intake));
}

Task<submit::SubmitReply> Intake::accept(Door& door, submit::Submit& request) {
  if (const char* fault = fault_of(request, door.source)) co_return answer(Outcome::Invalid, fault);
  FilePtr file;
  if (request.body.in_file) {
    auto opened = door.bodies.extract(request.body_handle);
    if (opened.empty() || opened.mapped().id != request.envelope.id) co_return answer(Outcome::Invalid, "no such open body");
    file = std::move(opened.mapped().file);
  }
  if (overrun()) co_return answer(Outcome::Busy);
  parts_.probe.free_space(parts_.writer.free_bytes());
  if (crowded()) co_await slow_down();
  std::string body_file;
  if (file) {
    spool::Bodies& bodies = parts_.writer.bodies();
    auto kept = co_await parts_.pool.run(
        [&bodies, file = std::move(file), id = request.envelope.id, size = request.body.size]() { return bodies.keep(*file, id, size); });
    if (!kept) {
      const bool full = kept.error().os_error == ENOSPC || kept.error().os_error == EDQUOT;
      const bool repeated = kept.error().os_error == EEXIST;
      co_return answer(full ? Outcome::Full : repeated ? Outcome::Repeated : Outcome::Failed, to_string(kept.error()));
    }
    body_file = std::move(*kept);
  }
  SharedBytes bytes = std::move(request.body.bytes);
  const std::optional<submit::Finishes> finishes = std::move(request.finishes);
  const MessagePtr message = make_message(request, door.source, parts_.loop.wall_now());
  if (!message->record.in_file) message->body = keep_in_memory(std::move(bytes));
  co_await resolver_.resolve(message->record);
  submit::SubmitReply reply = co_await commit(message, body_file, finishes);
  if (reply.outcome != Outcome::Accepted && !body_file.empty()) {
    spool::Bodies& bodies = parts_.writer.bodies();
    co_await parts_.pool.run([&bodies, body_file] { bodies.remove(body_file); });
  }
  co_return reply;
}

Task<submit::SubmitReply> Intake::commit(MessagePtr message, std::string body_file, std::optional<submit::Finishes> finishes) {
  spool::Change change;
  spool::Addition addition = make_addition(*message);
  addition.body_file = std::move(body_file);
  const std::int64_t now_us = parts_.loop.wall_now().microseconds;
  const std::int64_t first_us = now_us + parts_.settings.first_delay.nanoseconds / 1000;
  const std::int64_t due_us = std::max(first_us, message->record.envelope.hold_until_us);
  const bool waits = due_us > now_us || rounds_.full();
  if (waits) {
    message->due_us = due_us;
    addition.due_us = due_us;
    addition.state = encode(message->progress);
  }
  change.additions.push_back(std::move(addition));

  // The other message's outcome is changed under its lock, and undone if the commit fails.
  std::optional<Rounds::Hold> held;
  if (finishes) held.emplace(co_await rounds_.hold(finishes->id));
  const MessagePtr other = held ? held->message : nullptr;
  Progress before;
  if (other) {
    before = other->progress;
    for (const std::uint32_t number : finishes->recipients) {
      TargetState& state = other->progress.at(number);
      state.outcome = delivery::Outcome::Delivered;
      state.finished = true;
      state.reply = "250 2.0.0 Ok";
      state.status = "2.0.0";
    }
    other->progress.event(parts_.loop.wall_now(), "led to " + message->id());
    other->due_us = now_us;
    change.updates.push_back({.number = other->number, .record = {}, .due_us = now_us, .state = encode(other->progress)});
  }
  const spool::CommitRef commit = parts_.writer.commit(std::move(change));
  co_await commit;
  const spool::Receipt& receipt = commit->receipt;
  const bool done = receipt.verdict == spool::Verdict::Done;
  if (other) {
    if (!done) other->progress = std::move(before);
    if (held->brought) rounds_.park(other);
    held.reset();
  }
  if (!done) co_return answer(outcome_of(receipt.verdict), receipt.text);
  message->number = receipt.first;
  if (*memory_ > parts_.settings.memory_bodies) message->body = nullptr;
  parts_.probe.accepted(*message);
  if (waits) {
    rounds_.waits_until(due_us);
  } else {
    rounds_.start(std::move(message));
  }
  co_return answer(Outcome::Accepted);
}

// The body stays in memory for the first attempt, as long as all of them together fit.
std::shared_ptr<const SharedBytes> Intake::keep_in_memory(SharedBytes bytes) {
  struct Counted {
    Counted(SharedBytes b, std::shared_ptr<std::int64_t> m) : body(std::move(b)), memory(std::move(m)) {
      *memory += static_cast<std::int64_t>(body.size());
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { *memory -= static_cast<std::int64_t>(body.size()); }
    SharedBytes body;
    std::shared_ptr<std::int64_t> memory;
  };
  const auto counted = std::make_shared<Counted>(std::move(bytes), memory_);
  return {counted, &counted->body};
}

Task<WithDescriptors<submit::OpenBodyReply>> Intake::open_body(DoorPtr door, submit::OpenBody request) {
  WithDescriptors<submit::OpenBodyReply> reply;
  reply.message.outcome = Outcome::Invalid;
  if (!is_id(request.id)) co_return reply;
  reply.message.outcome = Outcome::Busy;
  if (draining_ || door->bodies.size() >= most_open_bodies) co_return reply;
  reply.message.outcome = Outcome::Full;
  if (parts_.writer.free_bytes() < static_cast<std::uint64_t>(parts_.settings.reserve)) co_return reply;
  spool::Bodies& bodies = parts_.writer.bodies();
  auto file = co_await parts_.pool.run([&bodies] { return bodies.open_unnamed(); });
  reply.message.outcome = Outcome::Failed;
  if (!file) {
    parts_.probe.spool_trouble("open body", to_string(file.error()));
    co_return reply;
  }
  Descriptor theirs(::fcntl((*file)->descriptor(), F_DUPFD_CLOEXEC, 3));
  if (!theirs) co_return reply;
  reply.message.outcome = Outcome::Accepted;
  reply.message.handle = ++last_handle_;
  door->bodies[reply.message.handle] = {.id = std::move(request.id), .file = std::move(*file)};
  reply.descriptors.push_back(std::move(theirs));
  co_return reply;
}

Task<submit::CancelReply> Intake::cancel(submit::Cancel request) {
  const Rounds::Hold held = co_await rounds_.hold(request.id);
  const MessagePtr message = held.message;
  const bool theirs = message && message->record.envelope.account == request.account;
  if (theirs && !held.brought) co_return submit::CancelReply{.in_time = false, .text = "it is being delivered"};
  if (!theirs) {
    if (held.brought) rounds_.park(message);
    co_return submit::CancelReply{.in_time = false, .text = "no such message"};
  }
  const WallTime now = parts_.loop.wall_now();
  if (message->progress.attempted || message->due_us <= now.microseconds) {
    rounds_.park(message);
    co_return submit::CancelReply{.in_time = false, .text = "its time has come"};
  }
  message->progress.event(now, "taken back by " + request.account);
  spool::Change change;
  change.removals.push_back({.number = message->number,
                             .id = message->id(),
                             .unique_key = message->record.unique_key,
                             .ended_us = now.microseconds,
                             .history = encode(message->progress)});
  co_await rounds_.write(std::move(change));
  rounds_.drop(message);
  co_return submit::CancelReply{.in_time = true, .text = {}};
}

Task<bool> Intake::drain(Deadline deadline) {
  draining_ = true;
  co_return co_await tasks_.wait_empty(deadline);
}

}  // namespace courier::queue
