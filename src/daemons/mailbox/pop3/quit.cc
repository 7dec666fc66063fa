// DELE, RSET and QUIT (RFC 1939, sections 5 and 6): nothing is removed before QUIT.
#include "daemons/mailbox/pop3/session.h"
#include "wire/pop3/reply.h"

namespace courier::mailbox {

void Pop3Session::dele(const pop3::Dele& command) {
  if (!known(command.message)) return;
  maildrop_->mark_deleted(command.message);
  out_ += pop3::ok("Deleted.");
}

void Pop3Session::rset() {
  maildrop_->unmark_all();
  out_ += pop3::ok("Resurrected.");
}

Task<> Pop3Session::quit() {
  ending_ = true;
  ended_because_ = "quit";
  std::vector<store::Uid> uids = maildrop_->deleted();
  if (!uids.empty()) {
    const auto removed = co_await maildrop_->folder().remove(std::move(uids));
    if (!removed) {
      probe_.store_failed(start_.session, start_.account->spec().address, removed.error().text);
      out_ += pop3::err("Some deleted messages are not removed.", "SYS/TEMP");
      co_return;
    }
    totals_.deleted = removed->size();
  }
  out_ += pop3::ok("Bye-bye.");
}

}  // namespace courier::mailbox
