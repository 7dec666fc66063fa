// Rounds: the messages in memory (the window) and what is done with them. A round gives every target that is left one attempt;
// when the last has ended, the outcome is committed, reports in the same transaction, and the message leaves or waits on disk.
//
// New messages come in by start(); those that wait on disk are read when they are due and the window has room. While an outcome
// cannot be committed (a full or failing disk) no attempt starts anywhere; the commit is tried again until it succeeds.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemons/queue/attempt.h"
#include "daemons/queue/expander.h"
#include "daemons/queue/ids.h"
#include "daemons/queue/outcome.h"
#include "daemons/queue/parts.h"
#include "daemons/queue/report.h"
#include "daemons/queue/schedule.h"
#include "runtime/task_group.h"

namespace courier::queue {

class Rounds {
 public:
  Rounds(Parts& parts, Resolver& resolver, Ids& ids, ExpiryClock& clock);

  // Reads what is due; to be called once, then it goes on by itself.
  void begin();
  // A message just committed, attempted at once.
  void start(MessagePtr message);
  // A message committed to wait on disk until then.
  void waits_until(std::int64_t due_us);

  // Null when it is not in memory.
  [[nodiscard]] MessagePtr find(const std::string& id) const;
  [[nodiscard]] std::size_t active() const { return window_.size(); }
  [[nodiscard]] bool full() const { return window_.size() >= static_cast<std::size_t>(parts_.settings.window_high); }
  // Waits until there is room in the window, or the deadline.
  [[nodiscard]] Task<> room(Deadline deadline);

  // Keeps two changes of one message from overtaking each other. Held from before its progress is changed until the change is
  // committed (or undone).
  class Lock {
   public:
    // Of a message that nobody holds: right after unlocked().
    explicit Lock(MessagePtr message) : message_(std::move(message)) { message_->being_written = true; }
    Lock(Lock&& other) noexcept : message_(std::move(other.message_)) {}
    Lock& operator=(Lock&&) = delete;
    ~Lock();

   private:
    MessagePtr message_;
  };
  // Waits until nobody holds the message's lock.
  [[nodiscard]] Task<> unlocked(MessagePtr message);

  // Commits a change that must not fail: tries until it is done, with the gate closed meanwhile. The change's additions have
  // their numbers then.
  [[nodiscard]] Task<spool::Receipt> write(spool::Change change);
  // The same for one that has just been refused.
  [[nodiscard]] Task<spool::Receipt> write_again(spool::CommitRef refused);

  // A message in the caller's hands, changed by nobody else meanwhile.
  struct Hold {
    MessagePtr message;        // null: it has left
    std::optional<Lock> lock;
    bool brought = false;      // from the disk: park() or drop() it before the lock goes. Else its round's end commits what was changed
  };
  [[nodiscard]] Task<Hold> hold(std::string id);
  // Out of memory, since it waits on disk until its due_us; out of memory, since it has left.
  void park(const MessagePtr& message);
  void drop(const MessagePtr& message);
  // Looks at the disk at once.
  void look_now();

  // No new attempts; waits for those under way. What waits for a slot goes back to the disk.
  [[nodiscard]] Task<bool> drain(Deadline deadline);

 private:
  [[nodiscard]] Task<> run(MessagePtr message);
  [[nodiscard]] Task<> run_group(MessagePtr message, Group group, Round& round);
  [[nodiscard]] Task<> run_groups(MessagePtr message, std::vector<Group> groups, Round& round);
  [[nodiscard]] Task<> finish(MessagePtr message, Round round);
  [[nodiscard]] Task<> add_report(Message& message, ReportKind kind, std::vector<std::uint32_t> targets, spool::Change& change,
                                  std::vector<MessagePtr>& reports);
  [[nodiscard]] Task<> load();
  [[nodiscard]] Task<> gate();
  void arm(std::int64_t due_us);
  void wake_waiters();
  void wake(std::vector<CellRef>& cells);

  Parts& parts_;
  Ids& ids_;
  ExpiryClock& clock_;
  Attempts attempts_;
  Expander expander_;
  std::unordered_map<std::string, MessagePtr> window_;
  std::vector<CellRef> wait_for_room_;
  std::vector<CellRef> wait_for_gate_;
  std::vector<CellRef> wait_for_probe_;
  bool probing_ = false;              // one of the failing commits is tried again and again
  std::size_t failing_ = 0;           // commits of outcomes that the disk refuses at the moment
  std::int64_t next_due_us_ = 0;      // of what waits on disk; 0: nothing known
  std::int64_t armed_for_ = 0;        // what the timer is set for; 0: it is not
  TimerId timer_;
  bool loading_ = false;
  bool draining_ = false;
  TaskGroup tasks_;                   // last: its tasks use all of the above
};

// The addition that a message in memory is committed with.
[[nodiscard]] spool::Addition make_addition(const Message& message);

}  // namespace courier::queue
