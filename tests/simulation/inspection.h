// Inspection: power comes back. Both daemons start on what the crash left and run until the queue is empty; then everything that was
// told before must hold: the files always, what clients see of them as far as the depth says.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulation/history.h"

namespace courier::simulation {

enum class Depth {
  Files,    // every message is there, once, whole
  Clients,  // new mail comes; UIDs and keywords
  Caches,   // the same after the caches were deleted
};

class Inspection {
 public:
  // `where` names the crash in faults. Both outlive the inspection.
  Inspection(const History& history, Faults& faults, std::string where) : history_(history), faults_(faults), where_(std::move(where)) {}

  // `now`: when the crash was.
  void check(SimulatedDisk& left, WallTime now, Depth depth);

 private:
  using Files = std::map<std::string, std::map<Name, int>>;    // by account: how many of each
  using Inboxes = std::map<std::string, std::vector<Seen>>;  // by account
  void fault(const std::string& what) { faults_.add(what, where_); }
  void send_to_all(World& world);
  [[nodiscard]] Inboxes look(World& world);
  [[nodiscard]] Files read_files(SimulatedDisk& disk);
  void check_files(Files& files);
  void check_inboxes(const Inboxes& inboxes, const Files& files);
  void check_uids(const Inboxes& inboxes);
  void check_keywords(const Inboxes& inboxes);
  void check_without_caches(SimulatedDisk& disk, WallTime now, const Inboxes& before);

  const History& history_;
  Faults& faults_;
  const std::string where_;
};

}  // namespace courier::simulation
