// A sync that fails once and loses its pages, again and again while mail is taken, delivered and looked at: a sender may be told to come
// again, but what was acknowledged stays, and no UID names two messages. The power fails now and then as well.
#include <gtest/gtest.h>

#include "simulation/crash_run.h"

namespace courier::simulation {
namespace {

struct Where {
  const char* name;
  std::vector<std::string> files, directories;
  std::size_t acknowledged;  // at least
  std::vector<std::string> volumes = {};
};
class FailingSync : public testing::TestWithParam<Where> {};

TEST_P(FailingSync, LosesNothing) {
  CrashRun run({.looks = [](std::uint64_t number) { return number % 40 == 0 ? 1 : 0; },
                .clients_every = 1,
                .ignored_syncs = {},
                .failing_syncs = GetParam().files,
                .failing_directory_syncs = GetParam().directories,
                .failing_volume_syncs = GetParam().volumes,
                .whole_volumes = !GetParam().volumes.empty()});
  run.go();
  EXPECT_EQ(run.faults.text(), "");
  EXPECT_GT(run.syncs_failed, 50);
  EXPECT_GE(run.history.acknowledged.size(), GetParam().acknowledged);
  EXPECT_GT(run.inspections, 20);
}

INSTANTIATE_TEST_SUITE_P(In, FailingSync,
                         testing::Values(Where{"Spool", {"/spool/queue.db"}, {}, 10},       // fails submits and outcomes alike
                                         Where{"Bodies", {"/spool/bodies"}, {"/spool/bodies"}, 90},        // of five large messages
                                         Where{"New", {}, {"/new"}, 100},                   // done again, too
                                         Where{"Maildirs", {}, {"user"}, 100}, Where{"Directories", {}, {"/spool", "/mail"}, 50},
                                         Where{"Delivery", {"/tmp/"}, {}, 100},             // done again by itself
                                         Where{"Folders", {"/courier-folder", "/courier-account"}, {}, 100},
                                         Where{"DeliveriesTogether", {"/tmp/"}, {}, 100, {"/tmp/", "nothing is lost"}},
                                         Where{"Anything", {"/courier-cache", "/spool", "/mail"}, {}, 50, {"/mail"}}),
                         [](const testing::TestParamInfo<Where>& info) { return info.param.name; });

}  // namespace
}  // namespace courier::simulation
