// A crash at every write boundary of a hundred messages' way from smtpd into the maildirs: what was acknowledged is there.
#include <gtest/gtest.h>

#include <cstdlib>

#include "simulation/crash_run.h"

namespace courier::simulation {
namespace {

// Disks to look at per boundary; the everyday run takes one.
int seeds() {
  const char* wanted = std::getenv("COURIER_SIMULATION_SEEDS");
  return wanted != nullptr ? std::max(std::atoi(wanted), 1) : 1;
}

// The boundaries, dealt out to tests that run beside each other.
constexpr int parts = 2;
class Crash : public testing::TestWithParam<int> {};

TEST_P(Crash, WhatWasAcknowledgedIsThereWhereverThePowerFails) {
  const int part = GetParam();
  CrashRun run({.looks = [part, most = seeds()](std::uint64_t number) { return static_cast<int>(number % parts) == part ? most : 0; },
                .failing_syncs = {}});
  run.go();
  EXPECT_EQ(run.faults.text(), "");
  EXPECT_EQ(run.history.acknowledged.size(), 100u);
  EXPECT_GT(run.history.told.size(), 100u);
  EXPECT_GT(run.history.kept.size(), 50u);
  EXPECT_GT(run.inspections, 1000);
  RecordProperty("inspections", run.inspections);
}

INSTANTIATE_TEST_SUITE_P(Part, Crash, testing::Range(0, parts));

TEST(CrashWithoutSyncs, IsNoticed) {
  CrashRun run({.looks = [](std::uint64_t number) { return number % 10 == 0 ? 1 : 0; }, .ignore_syncs = true, .failing_syncs = {}});
  run.go();
  EXPECT_NE(run.faults.text().find(" is lost for "), std::string::npos) << run.faults.text();
}

}  // namespace
}  // namespace courier::simulation
