#include "runtime/platform.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace courier {
namespace {

TEST(PortableExitWatch, IsReadableAtTheEndAndLeavesTheProcessToBeReaped) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const Descriptor watch = platform::exit_watch(child);
  ASSERT_TRUE(watch);
  pollfd wait{watch.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&wait, 1, 0), 0);
  ::kill(child, SIGKILL);
  EXPECT_EQ(::poll(&wait, 1, 10'000), 1);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, WNOHANG), child);
}

}  // namespace
}  // namespace courier
