// Idling: what a session keeps between IDLE and DONE (RFC 2177).
#pragma once

#include <string>

#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

struct ImapSession::Idling {
  // Hears of changes as long as it lives. `folder` is null when none is selected.
  Idling(std::string command_tag, Deadline end, store::FolderPtr selected, store::FolderListener& hears)
      : tag(std::move(command_tag)), deadline(end), folder(std::move(selected)), listener(hears) {
    if (folder) folder->listen(listener);
  }
  ~Idling() {
    if (folder) folder->unlisten(listener);
  }
  Idling(const Idling&) = delete;
  Idling& operator=(const Idling&) = delete;

  const std::string tag;
  const Deadline deadline;
  const store::FolderPtr folder;
  store::FolderListener& listener;
  std::string line;  // what the client sent since
};

}  // namespace courier::mailbox
