#include "daemons/auth/mailboxes.h"

namespace courier::auth {

namespace {
// The supervisor ends an idle process no sooner than mailbox.idle_time after it was last asked for it: at least two seconds.
constexpr Duration ensured_for = seconds(1);
}  // namespace

Task<Result<void, std::string>> Mailboxes::ensure(accounts::Account account, std::string mail_dir, Deadline deadline) {
  // Shards of the virtual-mail user always run.
  if (account.uid == 0) co_return Result<void, std::string>{};
  if (context_.supervisor == nullptr) co_return fail(std::string("no supervisor"));
  control::EnsureMailbox request{account.uid, account.gid, accounts::place_of(account, mail_dir).home};
  const std::pair<std::uint32_t, std::string> which(account.uid, request.root);
  std::erase_if(ensured_, [now = context_.loop.now()](const auto& one) { return now - one.second >= ensured_for; });
  const bool there = link_("mailbox:u" + std::to_string(account.uid)).channel() != nullptr;
  if (there && ensured_.contains(which)) co_return Result<void, std::string>{};
  const auto reply = co_await context_.supervisor->call(request, deadline);
  if (!reply) co_return fail(std::string("supervisor: ") + to_string(reply.error()));
  if (!reply->error.empty()) co_return fail(reply->error);
  ensured_[which] = context_.loop.now();
  co_return Result<void, std::string>{};
}

Task<Result<void, std::string>> Mailboxes::grant(std::string peer, mailbox::Grant grant, Deadline deadline) {
  const auto reply = co_await link_(peer).call(grant, deadline);
  if (!reply) co_return fail(std::string(to_string(reply.error())));
  if (!reply->accepted) co_return fail(reply->reason);
  co_return Result<void, std::string>{};
}

}  // namespace courier::auth
