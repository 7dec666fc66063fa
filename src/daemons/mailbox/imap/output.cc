#include "daemons/mailbox/imap/output.h"

#include <utility>

namespace courier::mailbox {

Task<> ImapOutput::flush() {
  const std::string bytes = std::exchange(buffer_, std::string());
  co_await send(bytes);
}

Task<> ImapOutput::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() < enough) {
    buffer_ += bytes;
    co_return;
  }
  if (!buffer_.empty()) co_await flush();
  co_await send(bytes);
}

Task<> ImapOutput::send(std::string_view rest) {
  while (!rest.empty()) {
    const auto taken = stream_.write_now(rest);
    if (taken) {
      rest.remove_prefix(*taken);
      sent_ += *taken;
      continue;
    }
    if (!(taken.error() == IoFault::WouldBlock)) throw SessionEnd{"connection lost"};
    const auto ready = co_await stream_.writable(loop_.in(timeout_));
    if (!ready) throw SessionEnd{ready.error() == IoFault::TimedOut ? "client takes nothing" : "connection lost"};
  }
}

}  // namespace courier::mailbox
