#include "base/text.h"
#include "daemons/mailbox/imap/idling.h"

namespace courier::mailbox {

namespace {
constexpr std::size_t longest_done = 1024;
}  // namespace

// RFC 2177. The command is answered by idle_step() once the client sends DONE; until then the session holds nothing but its place in
// the folder, and none of the frames that read and ran the command.
Task<Reply> ImapSession::idle(const imap::Command& command) {
  output_.text() += "+ Idling.\r\n";
  co_await sync(Sync::Refresh, false);
  co_await output_.flush();
  if (end_reason_) co_return ok("Idled.");
  store::FolderListener& hears = *this;
  idling_ = std::make_unique<Idling>(command.tag, start_.loop.in(settings_.idle_timeout), selected_ ? selected_->folder : nullptr, hears);
  co_return Reply();
}

Task<> ImapSession::idle_step() {
  const Wake wake = co_await wait(idling_->deadline);
  co_await idle_woken(wake);
}

Task<> ImapSession::idle_woken(Wake wake) {
  switch (wake) {
    case Wake::Closed: throw SessionEnd{"disconnected"};
    case Wake::Drain: co_return co_await say_bye("The server is being restarted, please sign in again.", "drained");
    case Wake::TimedOut: co_return co_await say_bye("Disconnected for inactivity.", "inactivity");
    case Wake::Changed: co_await sync(Sync::Refresh, false); co_return co_await output_.flush();
    case Wake::Readable: break;
  }
  if (pending_.empty()) read_input();
  std::string& line = idling_->line;
  const auto end = pending_.find('\n');
  line += pending_.substr(0, end);
  consume(end == std::string::npos ? pending_.size() : end + 1);
  if (end == std::string::npos && line.size() < longest_done) co_return;
  const bool done = iequals(trim(line), "DONE");
  std::string tag = idling_->tag;
  idling_.reset();
  co_await conclude(std::move(tag), shape_of(imap::Verb::Idle), false, done ? ok("Idled.") : bad("DONE was expected."));
}

}  // namespace courier::mailbox
