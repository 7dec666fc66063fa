// The real Loop where no folder has one of its own: readiness, one timer and post from Boost.Asio. Nothing of Asio is seen outside this file.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "base/check.h"
#include "runtime/loop.h"

namespace courier {

namespace {

namespace asio = boost::asio;

class AsioLoop final : public RealLoop {
 public:
  AsioLoop() : context_(1), timer_(context_) {}

  void post(Callback job) override { asio::post(context_, Job{std::move(job)}); }
  void post_from_any_thread(Callback job) override { asio::post(context_, Job{std::move(job)}); }
  std::unique_ptr<Watch> watch(int fd) override;

  void run() override {
    const auto work = asio::make_work_guard(context_);
    context_.restart();
    context_.run();
  }
  void stop() override { context_.stop(); }

  asio::io_context& context() { return context_; }

 protected:
  // One timer serves all. It is armed again only for an earlier time: most timers are deadlines that are cancelled, and
  // one that fires for nothing costs less than re-arming at each.
  void timer_changed() override {
    const Deadline next = next_timer();
    if (next >= armed_) return;
    armed_ = next;
    timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(next.at.nanoseconds)));
    const std::uint64_t round = ++round_;
    timer_.async_wait([this, round](const boost::system::error_code& error) {
      // An expired timer's handler may already be queued when it is re-armed: only the latest arming counts.
      if (error || round != round_) return;
      armed_ = Deadline::never();
      run_due_timers();
    });
  }

 private:
  struct Job {
    Callback callback;
    void operator()() { callback(); }
  };
  asio::io_context context_;
  asio::steady_timer timer_;
  Deadline armed_ = Deadline::never();
  std::uint64_t round_ = 0;
};

// One direction's pending wait. The handler that Asio holds owns a reference to the cell, never the coroutine.
class WaitCell final : public Cell {
 public:
  explicit WaitCell(Loop& loop) : loop_(loop) {}
  asio::cancellation_slot slot() { return signal_.slot(); }
  void arm_timer(Deadline deadline, const CellRef& self) {
    if (!deadline.is_never()) timer_ = loop_.add_timer(deadline.at, [self] { end(self, Readiness::TimedOut); });
  }
  static void end(const CellRef& self, Readiness why) {
    auto& cell = static_cast<WaitCell&>(*self.get());
    if (cell.completed()) return;
    cell.loop_.cancel_timer(cell.timer_);
    if (why != Readiness::Ready) cell.signal_.emit(asio::cancellation_type::terminal);
    self->complete(static_cast<int>(why));
  }
  void abandoned() override {
    const CellRef keep(this);
    loop_.cancel_timer(timer_);
    signal_.emit(asio::cancellation_type::terminal);
  }

 private:
  Loop& loop_;
  asio::cancellation_signal signal_;
  TimerId timer_;
};

class AsioWatch final : public Watch {
 public:
  AsioWatch(AsioLoop& loop, int fd) : loop_(loop), descriptor_(loop.context(), fd) {}
  ~AsioWatch() override {
    // A coroutine that still waits is told later, by the handler that release() ends: here the stream around this watch is
    // half destroyed. Nothing may be cancelled through a descriptor that is gone.
    for (const CellRef& cell : {read_, write_}) {
      if (cell) static_cast<WaitCell&>(*cell.get()).slot().clear();
    }
    // The descriptor is its owner's to close.
    descriptor_.release();
  }

  CellRef wait(Direction direction, Deadline deadline) override {
    auto* cell = new WaitCell(loop_);
    const CellRef ref(cell);
    (direction == Direction::Read ? read_ : write_) = ref;
    const auto kind = direction == Direction::Read ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
    descriptor_.async_wait(kind, asio::bind_cancellation_slot(cell->slot(), [ref](const boost::system::error_code& error) {
                             WaitCell::end(ref, error == asio::error::operation_aborted ? Readiness::Canceled : Readiness::Ready);
                           }));
    cell->arm_timer(deadline, ref);
    return ref;
  }
  void cancel(Direction direction) override { end(direction == Direction::Read ? read_ : write_, Readiness::Canceled); }

 private:
  static void end(CellRef& cell, Readiness why) {
    const CellRef ref = std::move(cell);
    if (ref) WaitCell::end(ref, why);
  }
  AsioLoop& loop_;
  asio::posix::stream_descriptor descriptor_;
  CellRef read_, write_;
};

std::unique_ptr<Watch> AsioLoop::watch(int fd) { return std::make_unique<AsioWatch>(*this, fd); }

}  // namespace

std::unique_ptr<Loop> make_loop() { return std::make_unique<AsioLoop>(); }

}  // namespace courier
