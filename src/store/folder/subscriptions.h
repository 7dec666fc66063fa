// Subscriptions: "courierimapsubscribed" in the maildir, one "INBOX.x.y" a line, as Courier writes it; so old tools agree. Where it is
// missing, Dovecot's "subscriptions" is read instead. Blocking; on the account's strand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/disk.h"
#include "store/maildir/folder_name.h"

namespace courier::store {

// Sorted. A missing file is an empty list.
[[nodiscard]] DiskResult<std::vector<FolderName>> read_subscriptions(Disk& disk, const std::string& root);
// Durable. Lines that name no folder of ours (shared ones) stay as they are.
[[nodiscard]] DiskResult<void> change_subscription(Disk& disk, const std::string& root, const FolderName& name, bool subscribed);

// The lines of either file; what is no personal folder is left out.
[[nodiscard]] std::vector<FolderName> parse_courier_subscriptions(std::string_view text);
[[nodiscard]] std::vector<FolderName> parse_dovecot_subscriptions(std::string_view text);

}  // namespace courier::store
