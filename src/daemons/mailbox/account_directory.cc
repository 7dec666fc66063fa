#include "daemons/mailbox/account_directory.h"

namespace courier::mailbox {

namespace {
constexpr Duration kRemembered = seconds(5);
constexpr Duration kPatience = seconds(30);
constexpr std::size_t kMost = 10'000;
}  // namespace

Task<directory::AccountReply> AccountDirectory::find(std::string address) {
  const auto place = known_.find(address);
  if (place != known_.end() && place->second.until > loop_.now()) co_return place->second.reply;
  auto asked = co_await auth_.call(directory::Account{.address = address}, loop_.in(kPatience));
  directory::AccountReply reply;
  reply.available = false;
  if (asked) reply = std::move(*asked);
  // What was not found may be made at any moment: asked again each time.
  if (reply.found && reply.available) {
    if (known_.size() >= kMost) known_.clear();
    known_[address] = {.reply = reply, .until = loop_.now() + kRemembered};
  }
  co_return reply;
}

}  // namespace courier::mailbox
