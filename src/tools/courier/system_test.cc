#include "tools/courier/system.h"

#include <gtest/gtest.h>

namespace courier::tool {
namespace {

TEST(RunProgram, TellsTheStatus) {
  EXPECT_EQ(run_program({"true"}), 0);
  EXPECT_EQ(run_program({"sh", "-c", "exit 7"}), 7);
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}), 128 + 9);
  EXPECT_EQ(run_program({"no-such-program-here"}), 127);
}

TEST(Unit, NamesTheCommandAndTheSettings) {
  const std::string text = unit_text("/opt/c/bin/courier", "/opt/c/etc/courier/courier.toml", {"/opt/c/spool", "/opt/c/run"});
  EXPECT_NE(text.find("\nExecStart=/opt/c/bin/courier start --config /opt/c/etc/courier/courier.toml\n"), std::string::npos);
  EXPECT_NE(text.find("\nType=notify\n"), std::string::npos);
  EXPECT_NE(text.find("\nReadWritePaths=-/opt/c/spool -/opt/c/run\n"), std::string::npos);
}

}  // namespace
}  // namespace courier::tool
