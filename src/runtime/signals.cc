#include "runtime/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/descriptor.h"

namespace courier {

namespace {

// Where the handler writes: a signal has no other way to reach an object.
std::atomic<int> write_end{-1};

extern "C" void courier_signal_came(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  // A full pipe means that thousands wait unread: one more changes nothing.
  (void)!::write(write_end.load(), &byte, 1);
  errno = saved;
}

}  // namespace

struct Signals::State {
  Descriptor read, write;
  std::unique_ptr<Watch> watch;
  std::vector<std::pair<int, struct sigaction>> before;
};

Signals::Signals(Loop& loop, std::initializer_list<int> numbers) : state_(std::make_unique<State>()) {
  CHECK(write_end.load() == -1);
  int ends[2];
  CHECK(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  state_->read = Descriptor(ends[0]);
  state_->write = Descriptor(ends[1]);
  state_->watch = loop.watch(ends[0]);
  write_end.store(ends[1]);
  struct sigaction action{};
  action.sa_handler = courier_signal_came;
  action.sa_flags = SA_RESTART;
  for (const int number : numbers) {
    struct sigaction before{};
    CHECK(::sigaction(number, &action, &before) == 0);
    state_->before.emplace_back(number, before);
  }
  action.sa_handler = SIG_IGN;
  CHECK(::sigaction(SIGPIPE, &action, nullptr) == 0);
}

Signals::~Signals() {
  for (const auto& [number, before] : state_->before) ::sigaction(number, &before, nullptr);
  write_end.store(-1);
}

Task<int> Signals::next() {
  for (;;) {
    unsigned char byte = 0;
    if (::read(state_->read.get(), &byte, 1) == 1) co_return byte;
    co_await state_->watch->wait(Direction::Read, Deadline::never());
  }
}

}  // namespace courier
