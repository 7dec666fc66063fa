#include "wire/imap/append.h"

#include <utility>

#include "daemons/mailbox/imap/folder_names.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

// RFC 3501, section 6.3.11; RFC 4315 (APPENDUID), RFC 7889 (APPENDLIMIT). The message goes to the store as it comes in. A client
// that waits for "+" is refused before it sends; of one that does not wait (RFC 7888) the message is read and dropped.
Task<Reply> ImapSession::append(const imap::Command& command) {
  const auto& arguments = std::get<imap::AppendArguments>(command.arguments);
  std::optional<Reply> refused;
  const auto folder = co_await append_target(arguments);
  if (arguments.size > static_cast<std::uint64_t>(settings_.max_message)) {
    refused = no("[TOOBIG] The message is too large.");
  } else if (!arguments.flags.keywords.empty() && !settings_.keywords) {
    refused = no("[CANNOT] Keywords are switched off.");
  } else if (!folder) {
    refused =
        folder.error().fault == store::StoreFault::NotFound ? no("[TRYCREATE] There is no such folder.") : failed(folder.error(), command);
  }
  if (arguments.synchronizing) {
    if (refused) co_return *refused;
    output_.text() += "+ Send the message.\r\n";
    co_await output_.flush();
  }
  std::optional<store::StoreError> error;
  auto upload = refused ? nullptr : (*folder)->upload();
  const bool complete = co_await take_message(upload.get(), arguments.size, error);
  if (!complete) co_return bad("One message only in one APPEND.");
  if (refused) co_return *refused;
  if (error) co_return failed(*error, command);

  std::vector<store::NewMessage> messages(1);
  messages[0].body = std::move(upload);
  messages[0].flags = store_flags(arguments.flags.system);
  messages[0].keywords = arguments.flags.keywords;
  if (arguments.date) messages[0].internal_date = arguments.date->time;
  const auto appended = co_await (*folder)->append(std::move(messages));
  if (!appended) co_return failed(appended.error(), command);
  co_return ok("[APPENDUID " + std::to_string(appended->uid_validity.value) + ' ' + std::to_string(appended->uids.at(0).value) +
               "] Appended.");
}

// Takes the literal and the line end after it; false when something else follows. `upload` null: the bytes are dropped.
Task<bool> ImapSession::take_message(store::Upload* upload, std::uint64_t size, std::optional<store::StoreError>& error) {
  while (size > 0) {
    co_await more_input();
    std::string piece;
    if (pending_.size() <= size) {
      piece = std::exchange(pending_, std::string());
    } else {
      piece = pending_.substr(0, static_cast<std::size_t>(size));
      consume(piece.size());
    }
    size -= piece.size();
    if (!upload || error) continue;
    const auto written = co_await upload->write(std::move(piece));
    if (!written) error = written.error();
  }
  bool clean = true;
  for (;;) {
    co_await more_input();
    const auto end = pending_.find('\n');
    const std::size_t count = end == std::string::npos ? pending_.size() : end;
    if (pending_.find_first_not_of('\r') < count) clean = false;
    if (end != std::string::npos) {
      consume(end + 1);
      co_return clean;
    }
    consume(count);
  }
}

Task<store::StoreResult<store::FolderPtr>> ImapSession::append_target(const imap::AppendArguments& append) {
  const auto name = folder_from_wire(append.mailbox, settings_.folder_prefix);
  if (!name) co_return fail(store::StoreError{store::StoreFault::InvalidName, {}});
  if (selected_ && selected_->folder->name() == *name) co_return selected_->folder;
  co_return co_await start_.account->open(*name);
}

}  // namespace courier::mailbox
