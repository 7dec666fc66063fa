#include "daemons/mailbox/delivery.h"

#include <algorithm>

#include "store/maildir/message_name.h"

namespace courier::mailbox {

namespace {

delivery::Result outcome(delivery::Outcome kind, const char* reply, const char* status, std::string text = {}) {
  delivery::Result result;
  result.outcome = kind;
  result.reply = reply;
  result.status = status;
  result.text = std::move(text);
  return result;
}
delivery::Result deferred(const char* reply, const char* status, std::string text) {
  return outcome(delivery::Outcome::Deferred, reply, status, std::move(text));
}

// A header line; an address never brings a line end of its own.
std::string header(const char* name, std::string value) {
  std::erase_if(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return std::string(name) + ": " + value + "\n";
}

}  // namespace

// One request on its way, shared by the deliveries to its recipients.
struct LocalDelivery::Message {
  delivery::Deliver request;
  std::shared_ptr<store::DeliveryBody> body;
  bool look_first = true;
  delivery::DeliverReply reply;
  std::size_t left = 0;
  CellRef done = make_cell();
};

LocalDelivery::LocalDelivery(Parts parts)
    : parts_(std::move(parts)), since_(parts_.loop.wall_now()), running_(parts_.loop, no_exceptions()) {}

Task<delivery::DeliverReply> LocalDelivery::deliver(WithDescriptors<delivery::Deliver> request) {
  const auto message = std::make_shared<Message>();
  message->request = std::move(request.message);
  delivery::Deliver& what = message->request;
  if (what.body.in_file && !request.descriptors.empty()) {
    message->body = std::make_shared<store::DeliveryBody>(file_on(std::move(request.descriptors[0]), "body of " + what.id), what.body.size);
  } else {
    message->body = std::make_shared<store::DeliveryBody>(std::move(what.body.bytes));
  }
  // What came to the queue after both of us began, and is tried for the first time, cannot be there yet.
  message->look_first = what.attempt != 0 || WallTime{what.arrived_us} < since_;
  message->left = what.recipients.size();
  message->reply.results.resize(what.recipients.size());
  // In tasks of our own: a delivery that began is finished, and its file found again by the next attempt, whoever went away.
  for (std::size_t i = 0; i < what.recipients.size(); ++i) running_.spawn(deliver_one(message, i));
  if (message->left != 0) co_await CellRef(message->done);
  co_return std::move(message->reply);
}

Task<> LocalDelivery::deliver_one(std::shared_ptr<Message> message, std::size_t index) {
  const delivery::Recipient& recipient = message->request.recipients[index];
  delivery::Result result = co_await attempt(message, index);
  result.number = recipient.number;
  if (result.outcome != delivery::Outcome::Delivered) parts_.probe.not_delivered(message->request.id, recipient, result);
  message->reply.results[index] = std::move(result);
  if (--message->left == 0) message->done->complete();
}

Task<delivery::Result> LocalDelivery::attempt(std::shared_ptr<Message> message, std::size_t index) {
  const delivery::Deliver& request = message->request;
  const delivery::Recipient& recipient = request.recipients[index];
  if (draining_) co_return deferred("451 4.3.2 Shutting down", "4.3.2", "draining");
  if (request.body.in_file && message->body->size() != request.body.size)
    co_return deferred("451 4.3.0 Internal error", "4.3.0", "no body");
  const directory::AccountReply account = co_await parts_.accounts.find(recipient.address);
  if (!account.available) co_return deferred("451 4.3.0 Account database does not answer", "4.3.0", "auth does not answer");
  if (!account.found) co_return outcome(delivery::Outcome::Failed, "550 5.1.1 No such user", "5.1.1");
  store::Delivery delivery;
  delivery.maildir = account.maildir;
  delivery.quota = {.bytes = account.quota_bytes, .messages = account.quota_messages};
  delivery.base = store::delivery_base({request.arrived_us}, request.id, recipient.number, parts_.host_name);
  delivery.look_first = message->look_first;
  delivery.head = header("Return-Path", "<" + request.sender + ">") +
                  header("Delivered-To", recipient.delivered_to.empty() ? recipient.address : recipient.delivered_to);
  delivery.body = message->body;
  const store::DeliveryResult result = co_await parts_.deliverer.deliver(std::move(delivery));
  const bool repeated = result.outcome == store::DeliveryOutcome::Repeated;
  if (repeated || result.outcome == store::DeliveryOutcome::Delivered) {
    parts_.probe.delivered(request.id, recipient, repeated);
    if (!repeated) parts_.arrived(account.maildir);
  }
  co_return as_result(result);
}

delivery::Result LocalDelivery::as_result(const store::DeliveryResult& result) const {
  using Outcome = store::DeliveryOutcome;
  switch (result.outcome) {
    case Outcome::Delivered: return outcome(delivery::Outcome::Delivered, "250 2.0.0 Delivered", "2.0.0");
    case Outcome::Repeated: return outcome(delivery::Outcome::Delivered, "250 2.0.0 Delivered before", "2.0.0");
    case Outcome::OverQuota:
      if (defer_over_quota_) return deferred("452 4.2.2 Mailbox full", "4.2.2", result.text);
      return outcome(delivery::Outcome::Failed, "552 5.2.2 Mailbox full", "5.2.2", result.text);
    case Outcome::NoSpace: return deferred("452 4.3.1 Insufficient system storage", "4.3.1", result.text);
    case Outcome::Broken: break;
  }
  return deferred("451 4.3.0 Local error in processing", "4.3.0", result.text);
}

Task<bool> LocalDelivery::drain(Deadline deadline) {
  draining_ = true;
  return running_.wait_empty(deadline);
}

}  // namespace courier::mailbox
