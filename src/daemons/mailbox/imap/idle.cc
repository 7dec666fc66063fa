#include "base/text.h"
#include "daemons/mailbox/imap/session.h"

namespace courier::mailbox {

namespace {

// Hears of changes as long as it lives.
class Listening {
 public:
  Listening(store::Folder* folder, store::FolderListener& listener) : folder_(folder), listener_(listener) {
    if (folder_) folder_->listen(listener_);
  }
  ~Listening() {
    if (folder_) folder_->unlisten(listener_);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  store::Folder* folder_;
  store::FolderListener& listener_;
};

constexpr std::size_t longest_done = 1024;

}  // namespace

// RFC 2177. Between two changes the session holds nothing but its place in the folder.
Task<Reply> ImapSession::idle(const imap::Command&) {
  output_.text() += "+ Idling.\r\n";
  co_await sync(Sync::Refresh, false);
  co_await output_.flush();
  const auto folder = selected_ ? selected_->folder : nullptr;
  const Listening listening(folder.get(), *this);
  const Deadline deadline = start_.loop.in(settings_.idle_timeout);
  std::string line;
  while (!end_reason_) {
    switch (co_await wait(deadline)) {
      case Wake::Closed: throw SessionEnd{"disconnected"};
      case Wake::Drain: co_await say_bye("The server is being restarted, please sign in again.", "drained"); continue;
      case Wake::TimedOut: co_await say_bye("Disconnected for inactivity.", "inactivity"); continue;
      case Wake::Changed:
        co_await sync(Sync::Refresh, false);
        co_await output_.flush();
        continue;
      case Wake::Readable: break;
    }
    if (pending_.empty()) read_input();
    const auto end = pending_.find('\n');
    line += pending_.substr(0, end);
    consume(end == std::string::npos ? pending_.size() : end + 1);
    if (end == std::string::npos && line.size() < longest_done) continue;
    co_return iequals(trim(line), "DONE") ? ok("Idled.") : bad("DONE was expected.");
  }
  co_return ok("Idled.");
}

}  // namespace courier::mailbox
