#include "runtime/rest.h"

#include <time.h>

#include "runtime/platform.h"

namespace courier {

namespace {

constexpr Duration while_busy = seconds(1);
constexpr Duration while_quiet = seconds(5);
constexpr Duration hardly_any = milliseconds(10);
constexpr Duration enough = milliseconds(100);

Duration processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return seconds(used.tv_sec) + Duration{used.tv_nsec};
}

}  // namespace

Rest::Rest(Loop& loop) : Rest(loop, {processor_time, platform::give_back_memory}) {}

// The start was work, however short.
Rest::Rest(Loop& loop, Machine machine) : loop_(loop), machine_(std::move(machine)), used_(machine_.used()), rested_at_(used_ - enough) {
  look_after(while_busy);
}

Rest::~Rest() { loop_.cancel_timer(timer_); }

void Rest::look_after(Duration pause) {
  timer_ = loop_.add_timer(loop_.now() + pause, [this] { look(); });
}

void Rest::look() {
  const Duration used = machine_.used();
  const bool quiet = used - used_ < hardly_any;
  used_ = used;
  if (!quiet) return look_after(while_busy);
  if (used - rested_at_ >= enough) {
    machine_.give_back();
    rested_at_ = used_ = machine_.used();
  }
  look_after(while_quiet);
}

}  // namespace courier
