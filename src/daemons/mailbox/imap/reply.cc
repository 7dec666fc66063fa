#include "daemons/mailbox/imap/reply.h"

namespace courier::mailbox {

Reply reply_for(store::StoreFault fault) {
  using store::StoreFault;
  switch (fault) {
    case StoreFault::NotFound: return no("[NONEXISTENT] There is no such folder.");
    case StoreFault::Exists: return no("[ALREADYEXISTS] There is such a folder already.");
    case StoreFault::InvalidName: return no("[CANNOT] This cannot be done with that folder.");
    case StoreFault::Gone: return no("[EXPUNGEISSUED] Some of the messages no longer exist.");
    case StoreFault::OverQuota: return no("[OVERQUOTA] The mailbox is full.");
    case StoreFault::NoSpace: return no("[UNAVAILABLE] The server's disk is full, please try again later.");
    case StoreFault::Broken: break;
  }
  return no("[UNAVAILABLE] The server cannot reach the mailbox now, please try again later.");
}

}  // namespace courier::mailbox
