// ImapSession: one IMAP client after sign-in. Its commands are member functions, one file a verb; session.cc reads commands, runs
// them and tells their replies, and is the only place where anything is caught.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemons/mailbox/imap/imap.h"
#include "daemons/mailbox/imap/output.h"
#include "daemons/mailbox/imap/reply.h"
#include "daemons/mailbox/imap/selected.h"
#include "runtime/task_group.h"
#include "wire/imap/command.h"
#include "wire/imap/reader.h"

namespace courier::mailbox {

struct FetchPlan;
struct FetchMessage;
class FetchWriter;
class SearchPlan;

class ImapSession final : public Session, private store::FolderListener {
 public:
  ImapSession(SessionStart start, const ImapSettings& settings, ImapProbe& probe);
  ~ImapSession() override;

  [[nodiscard]] Task<> run() override;
  void drain() override;

 private:
  using Handler = Task<Reply> (ImapSession::*)(const imap::Command& command);
  // What is told of the selected folder before a command's tagged reply.
  enum class Sync : unsigned char {
    Nothing,
    Keep,     // but no EXPUNGE (RFC 3501, section 7.4.1), unless it was a UID command
    Tell,
    Refresh,  // after a look at what other programs did
  };
  struct Shape {
    imap::Verb verb;
    bool selected;  // only with a folder selected
    Sync sync;
    Handler handler;
  };
  static const Shape shapes[];
  [[nodiscard]] static const Shape& shape_of(imap::Verb verb);

  // --- input (session.cc) ---
  enum class Wake : int { Readable, Changed, Drain, TimedOut, Closed };
  // Until there is input, the selected folder changed (in IDLE), drain() was called or the deadline came.
  [[nodiscard]] Task<Wake> wait(Deadline deadline);
  [[nodiscard]] Task<> watch_input(Deadline deadline);
  // The same without distraction, for literals; throws SessionEnd.
  [[nodiscard]] Task<> more_input();
  void read_input();
  void consume(std::size_t bytes);
  void folder_changed() override;

  // --- commands (session.cc) ---
  [[nodiscard]] Task<> serve();
  [[nodiscard]] Task<> greet();
  [[nodiscard]] Task<> next_step();
  [[nodiscard]] Task<> take_step(imap::CommandReader::Step step);
  // `command` outlives it.
  [[nodiscard]] Task<> execute(const imap::Command& command);
  // What comes after the handler.
  [[nodiscard]] Task<> conclude(std::string tag, const Shape& shape, bool uid, Reply reply);
  [[nodiscard]] Task<> reject(std::string tag, const char* why);
  [[nodiscard]] Task<Reply> run_handler(const Shape& shape, const imap::Command& command);
  void tell(const std::string& tag, const Reply& reply);
  [[nodiscard]] Task<> say_bye(const char* text, const char* reason);
  [[nodiscard]] Reply failed(const store::StoreError& error, const imap::Command& command);
  // Leaves through the loop, so that nothing of this session is on the stack when its owner drops it.
  [[nodiscard]] Task<> step_aside();

  // --- the selected folder (sync.cc) ---
  [[nodiscard]] Task<> sync(Sync how, bool uid);
  // Looks for changes by other programs and takes what is recent.
  [[nodiscard]] Task<store::StoreResult<void>> refresh();
  // Tells what is new. FETCH lines of the numbers in `skip` (ascending) are left to the caller.
  void advance(store::Expunges expunges, bool uid, const std::vector<std::uint32_t>* skip = nullptr);
  void write_flags_line(std::uint32_t number, bool uid);

  // --- verbs, one file each ---
  [[nodiscard]] Task<Reply> capability(const imap::Command& command);
  [[nodiscard]] Task<Reply> noop(const imap::Command& command);
  [[nodiscard]] Task<Reply> logout(const imap::Command& command);
  [[nodiscard]] Task<Reply> id(const imap::Command& command);
  [[nodiscard]] Task<Reply> signed_in(const imap::Command& command);
  [[nodiscard]] Task<Reply> enable(const imap::Command& command);
  [[nodiscard]] Task<Reply> name_space(const imap::Command& command);
  [[nodiscard]] Task<Reply> select(const imap::Command& command);
  [[nodiscard]] Task<Reply> close(const imap::Command& command);
  [[nodiscard]] Task<Reply> unselect(const imap::Command& command);
  [[nodiscard]] Task<Reply> create(const imap::Command& command);
  [[nodiscard]] Task<Reply> remove(const imap::Command& command);
  [[nodiscard]] Task<Reply> rename(const imap::Command& command);
  [[nodiscard]] Task<Reply> subscribe(const imap::Command& command);
  [[nodiscard]] Task<Reply> list(const imap::Command& command);
  [[nodiscard]] Task<Reply> lsub(const imap::Command& command);
  [[nodiscard]] Task<Reply> status(const imap::Command& command);
  [[nodiscard]] Task<Reply> append(const imap::Command& command);
  [[nodiscard]] Task<Reply> idle(const imap::Command& command);
  [[nodiscard]] Task<Reply> expunge(const imap::Command& command);
  [[nodiscard]] Task<Reply> search(const imap::Command& command);
  [[nodiscard]] Task<Reply> fetch(const imap::Command& command);
  [[nodiscard]] Task<Reply> store(const imap::Command& command);
  [[nodiscard]] Task<Reply> copy(const imap::Command& command);

  // idle.cc
  struct Idling;
  [[nodiscard]] Task<> idle_step();
  [[nodiscard]] Task<> idle_woken(Wake wake);
  // append.cc
  [[nodiscard]] Task<store::StoreResult<store::FolderPtr>> append_target(const imap::AppendArguments& append);
  [[nodiscard]] Task<bool> take_message(store::Upload* upload, std::uint64_t size, std::optional<store::StoreError>& error);
  // fetch.cc
  struct FetchProgress {
    std::size_t told = 0, gone = 0;  // messages
    std::string spare;               // empty, with memory for a piece
  };
  // A reply: it failed, the rest need not be tried.
  [[nodiscard]] Task<std::optional<Reply>> fetch_batch(std::shared_ptr<const FetchPlan> plan, const imap::Command& command,
                                                       std::vector<std::uint32_t> numbers, FetchProgress& progress);
  [[nodiscard]] Task<std::vector<std::uint32_t>> mark_seen(const FetchPlan& plan, const std::vector<std::uint32_t>& numbers, bool uid);
  [[nodiscard]] std::vector<FetchMessage> fetch_messages(const FetchPlan& plan, const std::vector<std::uint32_t>& numbers,
                                                         const std::vector<std::uint32_t>& seen) const;
  [[nodiscard]] Pending<store::StoreResult<void>> make_piece(const std::shared_ptr<FetchWriter>& writer);
  void write_from_view(const FetchPlan& plan, std::uint32_t number);
  // search.cc
  [[nodiscard]] Task<store::StoreResult<std::vector<std::uint32_t>>> search_contents(std::shared_ptr<const SearchPlan> plan,
                                                                                     std::vector<std::uint32_t> undecided);

  SessionStart start_;
  const ImapSettings& settings_;
  ImapProbe& probe_;
  imap::Limits limits_;
  imap::CommandReader reader_;
  ImapOutput output_;
  std::string pending_;                // input that was read and not yet taken
  std::unique_ptr<Selected> selected_;
  std::unique_ptr<Idling> idling_;     // between IDLE and DONE
  CellRef wake_;                       // set while wait() waits
  const char* end_reason_ = nullptr;   // set: the session is over
  std::uint64_t received_ = 0;
  std::int64_t bad_commands_ = 0;      // in a row
  bool watching_ = false;              // watch_input() runs
  bool draining_ = false;
  TaskGroup tasks_;                    // watch_input()
};

}  // namespace courier::mailbox
