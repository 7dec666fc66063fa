// STAT, LIST and UIDL (RFC 1939, sections 5 and 7).
#include "daemons/mailbox/pop3/session.h"
#include "wire/pop3/reply.h"

namespace courier::mailbox {

Task<> Pop3Session::stat() {
  if (auto learned = co_await maildrop_->learn_sizes(); !learned) co_return store_failed(learned.error());
  std::uint64_t count = 0, octets = 0;
  for (std::uint32_t number = 1; number <= maildrop_->size(); ++number) {
    if (!maildrop_->has(number)) continue;
    ++count;
    octets += maildrop_->octets(number);
  }
  out_ += pop3::ok(std::to_string(count) + ' ' + std::to_string(octets));
}

Task<> Pop3Session::list(const pop3::List& command) {
  if (command.message && !known(*command.message)) co_return;
  if (auto learned = co_await maildrop_->learn_sizes(); !learned) co_return store_failed(learned.error());
  const auto line = [this](std::uint32_t number) { return std::to_string(number) + ' ' + std::to_string(maildrop_->octets(number)); };
  if (command.message) {
    out_ += pop3::ok(line(*command.message));
    co_return;
  }
  out_ += pop3::ok("Message numbers and sizes follow.");
  for (std::uint32_t number = 1; number <= maildrop_->size(); ++number) {
    if (maildrop_->has(number)) (out_ += line(number)) += "\r\n";
  }
  out_ += ".\r\n";
}

Task<> Pop3Session::uidl(const pop3::Uidl& command) {
  if (command.message && !known(*command.message)) co_return;
  if (auto learned = co_await maildrop_->learn_unique_ids(); !learned) co_return store_failed(learned.error());
  const auto line = [this](std::uint32_t number) { return std::to_string(number) + ' ' + maildrop_->unique_id(number); };
  if (command.message) {
    out_ += pop3::ok(line(*command.message));
    co_return;
  }
  out_ += pop3::ok("Message numbers and unique ids follow.");
  for (std::uint32_t number = 1; number <= maildrop_->size(); ++number) {
    if (maildrop_->has(number)) (out_ += line(number)) += "\r\n";
  }
  out_ += ".\r\n";
}

}  // namespace courier::mailbox
