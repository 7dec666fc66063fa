// CrashRun: a hundred messages from ten senders at a time, clients that look and mark, another program that moves mail from new/ to cur/
// and changes flags at any moment, a restart in the middle; and at its write boundaries a look at what would be left if the power failed
// there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "simulation/inspection.h"

namespace courier::simulation {

class CrashRun {
 public:
  struct Options {
    int messages = 100;
    // How many crashes to inspect at boundary `number`.
    std::function<int(std::uint64_t number)> looks;
    // Of the inspections, how many look at more than files.
    int clients_every = 10;
    // Syncs that do nothing: then it ends at the first fault.
    struct Ignored {
      SimulatedDisk::Syncs which;
      std::string part;  // of the path
    };
    std::optional<Ignored> ignored_syncs;
    // Parts of paths: now and then the next sync of one of them, a file or a directory, fails.
    std::vector<std::string> failing_syncs, failing_directory_syncs;
    // Parts of paths whose pages the next sync of the volume loses, as it fails.
    std::vector<std::string> failing_volume_syncs = {};
    // The disk can be synced as a whole.
    bool whole_volumes = true;
  };
  explicit CrashRun(Options options);
  ~CrashRun();

  void go();

  Faults faults;
  History history;
  int inspections = 0, syncs_failed = 0, moved = 0;
  std::uint64_t boundaries = 0, volume_syncs = 0;

 private:
  [[nodiscard]] WallTime now() const;
  void start();
  void restart();
  void send_ten(int first);
  [[nodiscard]] Task<> send(int n);
  void clients_work(int round);
  [[nodiscard]] Depth next_depth();
  void at_boundary(std::uint64_t number);
  void fail_a_sync(std::uint64_t number);
  void move_mail(const std::string& maildir);
  [[nodiscard]] bool done_early() const { return options_.ignored_syncs && !faults.empty(); }

  const Options options_;
  SimulatedDisk disk_;
  std::optional<World> world_;
  WallTime ended_ = wall_seconds(1'767'607'200);
  std::uint64_t boots_ = 0;
};

}  // namespace courier::simulation
