// The answer of STATUS for a folder that nobody has open: from the summary at the end of its journal when its directories did not change
// since, else by reading it. Blocking; on the account's strand.
#pragma once

#include "store/folder/account_state.h"
#include "store/folder/types.h"
#include "store/maildir/folder_name.h"

namespace courier::store {

[[nodiscard]] StoreResult<FolderStatus> summary_of(AccountState& account, const FolderName& name, WallTime now);

}  // namespace courier::store
