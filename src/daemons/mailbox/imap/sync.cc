// What the client is told of the selected folder between its commands.
#include <algorithm>

#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

Task<> ImapSession::sync(Sync how, bool uid) {
  if (!selected_ || how == Sync::Nothing) co_return;
  if (how == Sync::Refresh) {
    const auto refreshed = co_await refresh();
    if (!refreshed && refreshed.error().fault == store::StoreFault::NotFound) {
      selected_.reset();
      co_return co_await say_bye("The selected folder was deleted.", "folder deleted");
    }
  }
  advance(how == Sync::Keep && !uid ? store::Expunges::Keep : store::Expunges::Tell, uid);
}

Task<store::StoreResult<void>> ImapSession::refresh() {
  auto refreshed = co_await selected_->folder->refresh(selected_->access);
  if (!refreshed) co_return fail(refreshed.error());
  if (!selected_->read_only()) selected_->add_recent(refreshed->recent);
  co_return store::StoreResult<void>();
}

void ImapSession::advance(store::Expunges expunges, bool uid, const std::vector<std::uint32_t>* skip) {
  const auto newest = selected_->folder->current();
  if (selected_->view.is_current(newest)) return;
  const std::uint32_t recent_before = selected_->recent_count();
  const auto changes = selected_->view.advance(newest, expunges);
  std::string& out = output_.text();
  for (const std::uint32_t number : changes.expunged) out += "* " + std::to_string(number) + " EXPUNGE\r\n";
  selected_->forget_recent(changes.expunged_uids);
  if (changes.exists_changed) out += "* " + std::to_string(selected_->view.size()) + " EXISTS\r\n";
  if (changes.exists_changed || selected_->recent_count() != recent_before) {
    out += "* " + std::to_string(selected_->recent_count()) + " RECENT\r\n";
  }
  if (changes.keywords_changed) selected_->write_flag_lines(out, settings_.keywords);
  for (const std::uint32_t number : changes.changed) {
    if (!skip || !std::ranges::binary_search(*skip, number)) write_flags_line(number, uid);
  }
}

void ImapSession::write_flags_line(std::uint32_t number, bool uid) {
  const store::Message& message = selected_->view.at(number);
  std::string& out = output_.text();
  out += "* " + std::to_string(number) + " FETCH (";
  if (uid) out += "UID " + std::to_string(message.uid.value) + ' ';
  selected_->write_flags(out, message);
  out += ")\r\n";
}

}  // namespace courier::mailbox
