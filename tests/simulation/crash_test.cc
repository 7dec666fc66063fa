// A crash at every write boundary of a hundred messages' way from smtpd into the maildirs: what was acknowledged is there.
#include <gtest/gtest.h>

#include <cstdlib>

#include "simulation/crash_run.h"

namespace courier::simulation {
namespace {

// Disks to look at per boundary.
int seeds() {
  const char* wanted = std::getenv("COURIER_SIMULATION_SEEDS");
  return wanted != nullptr ? std::max(std::atoi(wanted), 1) : 2;
}

// The boundaries, dealt out to tests that run beside each other.
constexpr int parts = 2;
class Crash : public testing::TestWithParam<int> {};

TEST_P(Crash, WhatWasAcknowledgedIsThereWhereverThePowerFails) {
  const int part = GetParam();
  CrashRun run({.looks = [part, most = seeds()](std::uint64_t number) { return static_cast<int>(number % parts) == part ? most : 0; },
                .ignored_syncs = {},
                .failing_syncs = {},
                .failing_directory_syncs = {},
                .whole_volumes = part != 0});
  run.go();
  EXPECT_EQ(run.faults.text(), "");
  EXPECT_EQ(run.history.acknowledged.size(), 100u);
  EXPECT_GT(run.history.told.size(), 100u);
  EXPECT_GT(run.history.kept.size(), 50u);
  EXPECT_GT(run.inspections, 1000);
  EXPECT_GT(run.moved, 100);
  EXPECT_EQ(run.volume_syncs > 0, part != 0);
  RecordProperty("inspections", run.inspections);
}

INSTANTIATE_TEST_SUITE_P(Part, Crash, testing::Range(0, parts));

// Each kind of sync does nothing in turn: each is needed, and the run notices.
struct Without {
  const char* name;
  CrashRun::Options::Ignored ignored;
  bool whole_volumes = true;
};
class CrashWithoutSyncs : public testing::TestWithParam<Without> {};

TEST_P(CrashWithoutSyncs, IsNoticed) {
  CrashRun run({.looks = [](std::uint64_t number) { return number % 10 == 0 ? 1 : 0; },
                .ignored_syncs = GetParam().ignored,
                .failing_syncs = {},
                .failing_directory_syncs = {},
                .whole_volumes = GetParam().whole_volumes});
  run.go();
  EXPECT_FALSE(run.faults.empty());
  RecordProperty("faults", run.faults.text());
}

using enum SimulatedDisk::Syncs;
INSTANTIATE_TEST_SUITE_P(
    Of, CrashWithoutSyncs,
    testing::Values(Without{"Everything", {All, ""}}, Without{"AllFiles", {Files, ""}}, Without{"AllDirectories", {Directories, ""}},
                    Without{"TheDatabase", {Files, "/spool/queue.db"}}, Without{"TheSpoolsDirectory", {Directories, "/spool"}},
                    Without{"BodiesOfTheSpool", {Files, "/spool/bodies"}}, Without{"NamesOfBodies", {Directories, "/spool/bodies"}},
                    Without{"DeliveredFiles", {Files, "/tmp/"}, false}, Without{"DeliveredNames", {Directories, "/new"}, false},
                    Without{"FilesDeliveredTogether", {Files, "/tmp/"}}, Without{"NamesDeliveredTogether", {Directories, "/new"}},
                    Without{"FolderStates", {Files, "/courier-folder"}}),
    [](const testing::TestParamInfo<Without>& info) { return info.param.name; });

}  // namespace
}  // namespace courier::simulation
