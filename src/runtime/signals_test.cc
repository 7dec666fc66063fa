#include "runtime/signals.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace courier {
namespace {

TEST(Signals, ComeInOrderAndAreKept) {
  const auto loop = make_loop();
  struct sigaction before{};
  ::sigaction(SIGUSR1, nullptr, &before);
  {
    Signals signals(*loop, {SIGHUP, SIGUSR1});
    ::raise(SIGHUP);
    ::raise(SIGUSR1);
    EXPECT_EQ(run_until_done(*loop, signals.next()), SIGHUP);
    EXPECT_EQ(run_until_done(*loop, signals.next()), SIGUSR1);
    loop->post([] { ::raise(SIGUSR1); });
    EXPECT_EQ(run_until_done(*loop, signals.next()), SIGUSR1);
  }
  struct sigaction after{};
  ::sigaction(SIGUSR1, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

}  // namespace
}  // namespace courier
