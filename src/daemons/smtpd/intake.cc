#include "daemons/smtpd/intake.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "daemons/smtpd/body_file.h"
#include "daemons/smtpd/replies.h"
#include "rules/header_edit.h"
#include "rules/originator.h"
#include "wire/smtp/data.h"

namespace courier::smtpd {

namespace {

// A file is written in pieces of at least this size.
constexpr std::size_t piece = 64 * 1024;
constexpr Duration open_time = seconds(60);
constexpr Duration submit_time = minutes(4);  // below the ten minutes that a client waits (RFC 5321, section 4.5.3.2.6)

Reply header_reply(rules::HeaderFault fault) {
  switch (fault) {
    case rules::HeaderFault::TooLong: return reply(552, 5, 3, 4, "Message header size exceeds the limit");
    case rules::HeaderFault::TooManyFields: return reply(552, 5, 3, 4, "Too many header fields");
    case rules::HeaderFault::LineTooLong: return reply(552, 5, 3, 4, "Header line too long");
    case rules::HeaderFault::Loop: return reply(554, 5, 4, 6, "Routing loop detected: too many Received fields");
  }
  return reply(554, 5, 6, 0, "Message header refused");
}

}  // namespace

Intake::Intake(Environment& environment, std::shared_ptr<const Config> config, IntakeFacts facts, smtp::DataDecoder::Framing framing)
    : env_(environment), config_(std::move(config)), facts_(std::move(facts)), decoder_(framing) {
  buffer_.reserve(8192);
  buffer_ += facts_.received;
  ahead_ = seen_ = buffer_.size();
}

Intake::~Intake() {
  env_.body_bytes -= counted_;
  if (handle_ != 0 && generation_ == env_.queue.generation()) env_.queue.notify(submit::AbandonBody{handle_});
}

void Intake::refuse(Reply reply) {
  if (!refusal_) refusal_ = std::move(reply);
}

void Intake::account_for_buffer() {
  env_.body_bytes += buffer_.size() - counted_;
  counted_ = buffer_.size();
}

bool Intake::take(std::string_view& bytes) {
  decoder_.feed(bytes, buffer_);
  return is_full();
}

bool Intake::end() {
  decoder_.end(buffer_);
  return is_full();
}

// Counts what has come. True when there is enough of it to be written.
bool Intake::is_full() {
  received_size_ += buffer_.size() - seen_;
  if (received_size_ > static_cast<std::uint64_t>(config_->settings.max_message_size)) refuse(size_exceeded());
  if (refusal_) buffer_ = {};
  seen_ = buffer_.size();
  account_for_buffer();
  return !refusal_ && buffer_.size() >= (file_ ? piece : inline_body_limit);
}

Task<> Intake::flush() {
  if (!header_done_) check_header(false);
  if (header_done_ && !refusal_ && !file_) co_await open_file();
  if (header_done_ && !refusal_) co_await write_file();
  if (refusal_) buffer_ = {};
  seen_ = buffer_.size();
  account_for_buffer();
}

// Without `whole` the header may not have ended yet; then it is looked at again when more is here.
void Intake::check_header(bool whole) {
  const auto facts = rules::inspect_header(std::string_view(buffer_).substr(ahead_), config_->header);
  if (!facts) return refuse(header_reply(facts.error()));
  if (!facts->ended && !whole) return;
  header_done_ = true;
  if (facts_.from_allowed) check_from(*facts);
  const auto completing = facts_.completes_header ? rules::Completing::Yes : rules::Completing::No;
  rules::edit_header(buffer_, ahead_, *facts, completing, facts_.request.envelope.id, env_.host_name, env_.loop.wall_now());
}

void Intake::check_from(const rules::HeaderFacts& facts) {
  for (const std::string_view body : facts.from) {
    for (const std::string& address : rules::addresses_of(body)) {
      if (!rules::may_send_as(address, *facts_.from_allowed)) {
        return refuse(reply(550, 5, 7, 1, "The From field names an address that is not yours"));
      }
    }
  }
}

Task<> Intake::open_file() {
  auto opened = co_await env_.queue.call_with_descriptors(submit::OpenBody{facts_.request.envelope.id}, env_.loop.in(open_time));
  if (!opened) {
    env_.probe.trouble(facts_.session, "queue does not open a body file", to_string(opened.error()));
    co_return refuse(try_later());
  }
  if (opened->message.handle == 0 || opened->descriptors.size() != 1) {
    const auto outcome = opened->message.outcome;
    co_return refuse(outcome == submit::Outcome::Full ? system_full() : try_later());
  }
  handle_ = opened->message.handle;
  generation_ = env_.queue.generation();
  file_ = std::make_shared<Descriptor>(std::move(opened->descriptors[0]));
}

Task<> Intake::write_file() {
  if (buffer_.empty()) co_return;
  eight_bit_ = eight_bit_ || smtp::has_eight_bit(buffer_);
  const std::uint64_t offset = written_;
  written_ += buffer_.size();
  const int error = co_await env_.pool.run(
      [file = file_, offset, bytes = std::exchange(buffer_, {})] { return write_fully(file->get(), offset, bytes); });
  if (error == 0) co_return;
  env_.probe.trouble(facts_.session, "cannot write a body file", std::strerror(error));
  refuse(error == ENOSPC || error == EDQUOT ? system_full() : try_later());
}

Task<ChannelResult<submit::SubmitReply>> Intake::submit() {
  std::vector<Descriptor> descriptors;
  if (file_) descriptors.emplace_back(::dup(file_->get()));
  return env_.queue.call(facts_.request, env_.loop.in(submit_time), std::move(descriptors));
}

Task<Reply> Intake::finish() {
  if (decoder_.bare_line_end()) refuse(reply(554, 5, 6, 0, "Bare CR or LF in the message: lines end in CRLF"));
  if (!refusal_ && !header_done_) check_header(true);
  if (!refusal_ && file_) co_await write_file();
  // What was added to the header can take a body over the limit.
  if (!refusal_ && !file_ && buffer_.size() > inline_body_limit) {
    co_await open_file();
    if (!refusal_) co_await write_file();
  }
  if (!refusal_) {
    submit::Submit& request = facts_.request;
    request.envelope.eight_bit = request.envelope.eight_bit || eight_bit_ || smtp::has_eight_bit(buffer_);
    request.body_handle = handle_;
    request.body.in_file = file_ != nullptr;
    request.body.size = file_ ? written_ : buffer_.size();
    if (!file_) request.body.bytes = std::move(buffer_);
    auto outcome = co_await submit();
    // The queue went away with the answer. Under the same id it can be asked again: it refuses a repeat.
    const bool repeated = !outcome && outcome.error() == ChannelFault::Closed;
    if (repeated) outcome = co_await submit();
    refusal_ = reply_to(outcome, repeated);
  }
  const submit::Envelope& envelope = facts_.request.envelope;
  if (refusal_->positive()) {
    handle_ = 0;  // the queue has it
    env_.probe.accepted(facts_.session, envelope.id, envelope.sender, envelope.recipients.size(), received_size_, envelope.account);
  } else {
    env_.probe.message_refused(facts_.session, envelope.id, envelope.sender, *refusal_);
  }
  co_return std::move(*refusal_);
}

Reply Intake::reply_to(const ChannelResult<submit::SubmitReply>& outcome, bool repeated) {
  if (!outcome) {
    env_.probe.trouble(facts_.session, "queue does not answer", to_string(outcome.error()));
    return try_later();
  }
  switch (outcome->outcome) {
    case submit::Outcome::Accepted: return reply(250, 2, 0, 0, "queued as " + facts_.request.envelope.id);
    case submit::Outcome::Full: return system_full();
    case submit::Outcome::Busy: return reply(451, 4, 3, 2, "System busy, try again later");
    case submit::Outcome::Repeated:
      // Our first attempt was committed before its answer was lost.
      if (repeated) return reply(250, 2, 0, 0, "queued as " + facts_.request.envelope.id);
      break;
    case submit::Outcome::Invalid:
    case submit::Outcome::Failed: break;
  }
  env_.probe.trouble(facts_.session, "queue refuses a message", outcome->text);
  return try_later();
}

}  // namespace courier::smtpd
