#include "daemons/mailbox/account_directory.h"

namespace courier::mailbox {

namespace {
constexpr Duration kRemembered = seconds(5);
constexpr Duration kPatience = seconds(30);
constexpr std::size_t kMost = 10'000;
}  // namespace

AccountDirectory::AccountDirectory(Loop& loop, Link& auth) : loop_(loop), auth_(auth), known_(loop, kRemembered, kMost) {}

Task<directory::AccountReply> AccountDirectory::find(std::string address) {
  if (const directory::AccountReply* known = known_.find(address)) co_return *known;
  auto asked = co_await auth_.call(directory::Account{.address = address}, loop_.in(kPatience));
  directory::AccountReply reply;
  reply.available = false;
  if (asked) reply = std::move(*asked);
  // What was not found may be made at any moment: asked again each time.
  if (reply.found && reply.available) known_.keep(address, reply);
  co_return reply;
}

}  // namespace courier::mailbox
