#include "runtime/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "base/descriptor.h"

namespace courier {
namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
  std::string all() {
    write.reset();
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(read.get(), buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
    return text;
  }
  Descriptor read, write;
};

struct Process : testing::Test {
  std::unique_ptr<Loop> loop = make_loop();
  Result<std::unique_ptr<ChildProcess>, std::string> shell(const std::string& script, std::vector<int> descriptors = {},
                                                           std::vector<std::string> environment = {}) {
    return start_program(*loop, {"/bin/sh", {"-c", script}, std::move(environment), std::move(descriptors)});
  }
};

TEST_F(Process, EndsWithItsStatus) {
  const auto child = shell("exit 78");
  ASSERT_TRUE(child) << child.error();
  EXPECT_EQ(run_until_done(*loop, (*child)->wait()), (ExitStatus{false, 78}));
  EXPECT_EQ(run_until_done(*loop, (*child)->wait()), (ExitStatus{false, 78}));
  (*child)->kill(SIGKILL);
  EXPECT_EQ(to_string(ExitStatus{false, 78}), "exit status 78");
  EXPECT_EQ(to_string(ExitStatus{true, 9}), "signal 9 (Killed)");
}

TEST_F(Process, IsKilled) {
  const auto child = shell("exec sleep 100");
  ASSERT_TRUE(child);
  (*child)->kill(SIGTERM);
  EXPECT_EQ(run_until_done(*loop, (*child)->wait()), (ExitStatus{true, SIGTERM}));
}

TEST_F(Process, DiesWithItsOwner) {
  Pipe life;
  int pid = 0;
  {
    auto child = shell("exec sleep 100", {life.write.get()});
    ASSERT_TRUE(child);
    pid = (*child)->pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(life.all(), "");
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(Process, SeesOnlyWhatItWasGiven) {
  Pipe first, second;
  const Descriptor secret(::open("/dev/null", O_RDONLY));  // not close-on-exec, and still not passed on
  ::setenv("COURIER_SECRET", "1", 1);
  // Crossed on purpose: the numbers they have here may be those they get there.
  const auto child = shell("echo one >&3; echo two >&4; ls /proc/self/fd | tr '\\n' ' ' >&4; env >&3; read line; echo [$line] >&4",
                           {second.write.get(), first.write.get()}, {"PATH=/bin:/usr/bin", "GIVEN=yes"});
  ASSERT_TRUE(child) << child.error();
  EXPECT_TRUE(run_until_done(*loop, (*child)->wait()).success());
  const std::string to_second = second.all();
  EXPECT_EQ(to_second.substr(0, 4), "one\n");
  EXPECT_NE(to_second.find("GIVEN=yes"), std::string::npos);
  EXPECT_EQ(to_second.find("COURIER_SECRET"), std::string::npos);
  // ls itself opens one more: the folder. Its standard output is the pipe.
  EXPECT_EQ(first.all(), "two\n0 1 2 3 4 5 []\n");
}

TEST_F(Process, SaysWhyItCannotStart) {
  const auto missing = start_program(*loop, {"/nonexistent/program", {}, {}, {}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), "/nonexistent/program: No such file or directory");
}

TEST_F(Process, StartsWithDefaultSignals) {
  struct sigaction ignore{}, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGTERM, &ignore, &before);
  const auto child = shell("kill -TERM $$; exit 1");
  ::sigaction(SIGTERM, &before, nullptr);
  ASSERT_TRUE(child);
  EXPECT_EQ(run_until_done(*loop, (*child)->wait()), (ExitStatus{true, SIGTERM}));
}

}  // namespace
}  // namespace courier
