#include "daemons/auth/mailboxes.h"

namespace courier::auth {

Task<Result<void, std::string>> Mailboxes::ensure(accounts::Account account, std::string mail_dir, Deadline deadline) {
  // Shards of the virtual-mail user always run.
  if (account.uid == 0) co_return Result<void, std::string>{};
  if (link_("mailbox:u" + std::to_string(account.uid)).channel() != nullptr) co_return Result<void, std::string>{};
  if (context_.supervisor == nullptr) co_return fail(std::string("no supervisor"));
  control::EnsureMailbox request{account.uid, account.gid, accounts::place_of(account, mail_dir).home};
  const auto reply = co_await context_.supervisor->call(std::move(request), deadline);
  if (!reply) co_return fail(std::string("supervisor: ") + to_string(reply.error()));
  if (!reply->error.empty()) co_return fail(reply->error);
  co_return Result<void, std::string>{};
}

Task<Result<void, std::string>> Mailboxes::grant(std::string peer, mailbox::Grant grant, Deadline deadline) {
  const auto reply = co_await link_(peer).call(std::move(grant), deadline);
  if (!reply) co_return fail(std::string(to_string(reply.error())));
  if (!reply->accepted) co_return fail(reply->reason);
  co_return Result<void, std::string>{};
}

}  // namespace courier::auth
