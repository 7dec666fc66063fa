#include "store/accounts/shard.h"

namespace courier::accounts {

namespace {

// FNV-1a, 64 bits, with its halves folded: where an account lives must not depend on the build.
std::uint32_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

std::string mailbox_of(const Account& account, std::uint32_t shards) {
  if (account.uid != 0) return "mailbox:u" + std::to_string(account.uid);
  return "mailbox:v" + std::to_string(stable_hash(account.address) % (shards == 0 ? 1 : shards));
}

}  // namespace courier::accounts
