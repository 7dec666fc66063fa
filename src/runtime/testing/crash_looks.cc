#include "runtime/testing/crash_looks.h"

#include <cstdlib>

namespace courier {

namespace {

constexpr int full_rounds = 10;

bool full_run() { return std::getenv("COURIER_CRASH_FULL") != nullptr; }
std::size_t subsets() { return full_run() && std::getenv("COURIER_THOROUGH") != nullptr ? 4 : 2; }

}  // namespace

CrashLooks::CrashLooks(bool ignore_syncs, Check check) : ignores_syncs_(ignore_syncs), check_(std::move(check)) {
  if (ignore_syncs) disk.ignore_syncs();
  disk.set_boundary_hook([this](std::uint64_t number) { look(number); });
}

int CrashLooks::rounds() const { return full_run() ? full_rounds : 1; }

void CrashLooks::look(std::uint64_t number) {
  const std::uint64_t seeds[] = {number % 4 == 0 ? 0 : number * 7919 + 5, 0, number * 2 + 3, number * 31 + 7};
  for (std::size_t i = 0; i < subsets() && !done(); ++i) {
    ++looks;
    const auto left = disk.survivor(seeds[i]);
    check_(*left, number);
  }
}

void CrashLooks::end() {
  disk.set_boundary_hook(nullptr);
  look(disk.boundaries() + 1);
}

}  // namespace courier
