// Which mailbox process owns an account. The supervisor starts as many shards as this counts with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/accounts/source.h"

namespace courier::accounts {

// "mailbox:v<shard>" for accounts of the virtual-mail user, by a hash of the address that never changes; "mailbox:u<uid>"
// for accounts with a uid of their own.
[[nodiscard]] std::string mailbox_of(const Account& account, std::uint32_t shards);

}  // namespace courier::accounts
