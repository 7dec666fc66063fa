// RETR and TOP (RFC 1939, sections 5 and 7): a message goes out piece by piece, large ones never in memory as a whole.
#include "daemons/mailbox/pop3/session.h"
#include "daemons/mailbox/pop3/top_filter.h"
#include "wire/pop3/reply.h"
#include "wire/smtp/data.h"

namespace courier::mailbox {

Task<> Pop3Session::retr(const pop3::Retr& command) {
  if (!known(command.message) || !co_await send(command.message, std::nullopt)) co_return;
  ++totals_.retrieved;
  if (maildrop_->at(command.message).flags.has(store::Flag::Seen)) co_return;
  store::FlagChange seen{.kind = store::FlagChange::Kind::Add, .flags = {}, .keywords = {}};
  seen.flags.add(store::Flag::Seen);
  // The client has its message: that the flag could not be set is no answer to it.
  (void)co_await maildrop_->folder().store({maildrop_->at(command.message).uid}, std::move(seen), std::nullopt, false);
}

Task<> Pop3Session::top(const pop3::Top& command) {
  if (known(command.message)) (void)co_await send(command.message, command.lines);
}

Task<bool> Pop3Session::send(std::uint32_t number, std::optional<std::uint32_t> lines) {
  auto loaded = co_await maildrop_->folder().load({maildrop_->at(number).uid});
  if (!loaded || loaded->empty()) {
    store_failed(loaded ? store::StoreError{store::StoreFault::Gone, {}} : loaded.error());
    co_return false;
  }
  const store::LoadedMessage& message = loaded->front();
  out_ += pop3::ok("Message follows.");
  smtp::DataEncoder encoder;
  std::optional<TopFilter> filter;
  if (lines) filter.emplace(*lines);
  for (std::uint64_t offset = 0; !filter || !filter->done();) {
    const auto piece = co_await read_piece(*start_.account, message, offset);
    if (!piece) {
      // The answer has begun: the only honest way to say that it is not whole is to end the connection.
      probe_.store_failed(start_.session, start_.account->spec().address, piece.error().text);
      ended_because_ = "store failed";
      ending_ = true;
      out_.clear();
      co_return false;
    }
    if (piece->empty()) break;
    offset += piece->size();
    encoder.feed(filter ? std::string_view(*piece).substr(0, filter->take(*piece)) : std::string_view(*piece), out_);
    if (!message.has_bytes && !co_await flush()) co_return false;
  }
  encoder.finish(out_);
  totals_.retrieved_bytes += message.size;
  co_return true;
}

}  // namespace courier::mailbox
