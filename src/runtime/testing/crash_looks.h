// CrashLooks: a simulated disk on which the machine may stop before any change, and a look at what would be left each time. Tests of
// crashes run on it in a short form; with COURIER_CRASH_FULL set in a long one, and with COURIER_THOROUGH also set with four disks that
// may be left at every boundary instead of one.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "runtime/testing/simulated_disk.h"

namespace courier {

class CrashLooks {
 public:
  // Starts what is tested on the disk that is left, and adds what is wrong to `faults`. `number`: of the boundary.
  using Check = std::function<void(SimulatedDisk& left, std::uint64_t number)>;
  // With `ignore_syncs` syncing does nothing: then the run has to find a fault, and looks no further.
  CrashLooks(bool ignore_syncs, Check check);

  // Rounds that the run shall have.
  [[nodiscard]] int rounds() const;
  // There is nothing more to find: a fault was expected, and is there.
  [[nodiscard]] bool done() const { return ignores_syncs_ && !faults.empty(); }
  [[nodiscard]] bool ignores_syncs() const { return ignores_syncs_; }
  // A crash now; `number` as if it were that boundary.
  void look(std::uint64_t number);
  // The run is over: the last look, at what everything that was written leaves.
  void end();

  SimulatedDisk disk;
  std::set<std::string> faults;
  int looks = 0;

 private:
  const bool ignores_syncs_;
  const Check check_;
};

}  // namespace courier
