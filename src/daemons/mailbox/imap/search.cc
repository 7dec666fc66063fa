#include "wire/imap/search.h"

#include <algorithm>

#include "daemons/mailbox/imap/search_content.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

constexpr std::size_t batch_size = 100;

// Search of one batch, on the pool: it owns what it works on.
std::vector<std::optional<ContentFacts>> search_batch(const SearchPlan& plan, const std::vector<store::LoadedMessage>& messages) {
  std::vector<std::optional<ContentFacts>> facts;
  for (const auto& message : messages) facts.push_back(search_content(plan, message));
  return facts;
}

}  // namespace

// RFC 3501, section 6.4.4. First what the view decides; only what is left is read.
Task<Reply> ImapSession::search(const imap::Command& command) {
  auto made = SearchPlan::make(std::get<imap::SearchArguments>(command.arguments), *selected_);
  if (!made && made.error() == SearchPlan::Fault::BadCharset) co_return no("[BADCHARSET] That charset is not known.");
  if (!made) co_return bad("There is no message with that number.");
  const auto plan = std::make_shared<const SearchPlan>(std::move(*made));
  std::vector<std::uint32_t> found, undecided;
  for (std::uint32_t number = 1; number <= selected_->view.size(); ++number) {
    const auto decided = plan->decide({.selected = *selected_, .number = number, .internal_date = {}, .wire_size = {}, .sent = {}});
    if (!decided) undecided.push_back(number);
    if (decided == true) found.push_back(number);
  }
  for (std::size_t at = 0; at < undecided.size(); at += batch_size) {
    const auto end = undecided.begin() + static_cast<std::ptrdiff_t>(std::min(at + batch_size, undecided.size()));
    const auto more = co_await search_contents(plan, {undecided.begin() + static_cast<std::ptrdiff_t>(at), end});
    if (!more) co_return failed(more.error(), command);
    found.insert(found.end(), more->begin(), more->end());
  }
  std::ranges::sort(found);
  output_.text() += "* SEARCH";
  for (const std::uint32_t number : found) {
    output_.text() += ' ' + std::to_string(command.uid ? selected_->view.at(number).uid.value : number);
    if (output_.due()) co_await output_.flush();
  }
  output_.text() += "\r\n";
  co_return ok("Searched.");
}

Task<store::StoreResult<std::vector<std::uint32_t>>> ImapSession::search_contents(std::shared_ptr<const SearchPlan> plan,
                                                                                  std::vector<std::uint32_t> undecided) {
  std::vector<store::Uid> uids;
  for (const std::uint32_t number : undecided) uids.push_back(selected_->view.at(number).uid);
  std::vector<std::uint32_t> found;
  while (!uids.empty()) {
    store::ReadLimits limits{.whole = 128 * 1024, .together = 512 * 1024};
    limits.facts_only = !plan->needs_content();
    auto loaded = co_await selected_->folder->load(uids, limits);
    if (!loaded) co_return fail(loaded.error());
    if (loaded->empty()) break;  // the rest is gone
    const auto messages = std::make_shared<const std::vector<store::LoadedMessage>>(std::move(*loaded));
    std::vector<std::optional<ContentFacts>> contents(messages->size());
    if (plan->needs_content()) contents = co_await start_.account->pool().run([plan, messages] { return search_batch(*plan, *messages); });
    for (std::size_t i = 0; i < messages->size(); ++i) {
      const store::LoadedMessage& message = (*messages)[i];
      const std::uint32_t number = selected_->view.sequence(message.uid);
      SearchFacts facts{.selected = *selected_, .number = number, .internal_date = message.internal_date, .wire_size = {}, .sent = {}};
      if (contents[i]) {
        facts.wire_size = contents[i]->wire_size;
        facts.sent = contents[i]->sent;
        facts.found = &contents[i]->found;
      } else if (plan->needs_content()) {
        co_return fail(store::StoreError{store::StoreFault::Broken, "a message could not be read"});
      }
      if (plan->decide(facts) == true) found.push_back(number);
    }
    const auto last = std::ranges::find(uids, messages->back().uid);
    uids.erase(uids.begin(), last + 1);
  }
  co_return found;
}

}  // namespace courier::mailbox
