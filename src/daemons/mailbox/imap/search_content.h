// Looks into one message for the needles of a SEARCH. Blocking; runs on the pool.
#pragma once

#include <optional>
#include <vector>

#include "daemons/mailbox/imap/search_plan.h"
#include "store/folder/folder.h"

namespace courier::mailbox {

struct ContentFacts {
  std::uint64_t wire_size = 0;       // if the plan needs it
  std::optional<imap::Date> sent;
  std::vector<bool> found;  // by needle
};

// Header texts are compared with encoded words decoded, bodies with transfer encoding and charset decoded; both folded. A file is
// read in chunks. Nothing when the disk failed.
[[nodiscard]] std::optional<ContentFacts> search_content(const SearchPlan& plan, const store::LoadedMessage& message);

}  // namespace courier::mailbox
