#include "daemons/front/pump.h"

namespace courier::front {

namespace {
// A client or mailbox that takes nothing for so long is gone.
constexpr Duration write_time = minutes(5);
}  // namespace

Pumps::~Pumps() { *alive_ = false; }

void Pumps::start(std::shared_ptr<TlsServerContext> context, StreamPtr client, StreamPtr mailbox) {
  const std::uint64_t number = ++last_;
  auto& pump = pumps_[number];
  pump = std::make_unique<Pump>();
  pump->context = std::move(context);
  pump->client = std::move(client);
  pump->mailbox = std::move(mailbox);
  pump->up = up(number);
  pump->down = down(number);
  pump->down.start();
  pump->up.start();
}

// Client to mailbox. A client that says it is done is still told what the mailbox has to say.
Task<> Pumps::up(std::uint64_t number) {
  Pump& pump = *pumps_.at(number);
  if (co_await carry(*pump.client, *pump.mailbox)) {
    pump.mailbox->finish_writing();
  } else {
    forget(number);
  }
}

// Mailbox to client. When the mailbox has said everything the session is over.
Task<> Pumps::down(std::uint64_t number) {
  Pump& pump = *pumps_.at(number);
  if (co_await carry(*pump.mailbox, *pump.client)) pump.client->finish_writing();
  forget(number);
}

Task<bool> Pumps::carry(Stream& from, Stream& to) {
  for (;;) {
    const auto ready = co_await from.readable(Deadline::never());
    if (!ready) co_return ready.error() == IoFault::Closed;
    const auto count = from.read_now(buffer_);
    if (!count) {
      if (count.error() == IoFault::WouldBlock) continue;
      co_return count.error() == IoFault::Closed;
    }
    // Only the mailbox knows whether the client must be answered before it goes on.
    from.acknowledge_now();
    std::string_view rest(buffer_.data(), *count);
    while (!rest.empty()) {
      const auto written = to.write_now(rest);
      if (written) {
        rest.remove_prefix(*written);
      } else if (written.error() == IoFault::WouldBlock) {
        break;
      } else {
        co_return false;
      }
    }
    if (rest.empty()) continue;
    const std::string kept(rest);
    if (!co_await write_all(to, kept, loop_.in(write_time))) co_return false;
  }
}

void Pumps::forget(std::uint64_t number) {
  loop_.post([this, number, alive = alive_] {
    if (!*alive) return;
    pumps_.erase(number);
    if (pumps_.empty() && emptied_) emptied_->complete();
  });
}

Task<bool> Pumps::wait_empty(Deadline deadline) {
  if (pumps_.empty()) co_return true;
  const CellRef cell = emptied_ = make_cell();
  const TimerId timer = deadline.is_never() ? TimerId{} : loop_.add_timer(deadline.at, [cell] { cell->complete(1); });
  const int outcome = co_await cell;
  loop_.cancel_timer(timer);
  co_return outcome == 0;
}

}  // namespace courier::front
