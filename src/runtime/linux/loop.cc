// The real Loop on Linux: epoll, level-triggered. A descriptor stays registered for a direction once somebody waited for it, so
// that a dialogue (read, answer, read) tells the kernel nothing between its waits; an event that nobody waits for ends the
// registration until somebody does.
#include "runtime/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/descriptor.h"

namespace courier {

namespace {

// Events fetched in one turn; others wait for the next.
constexpr std::size_t events_a_turn = 128;

class EpollWatch;

class EpollLoop final : public RealLoop {
 public:
  EpollLoop();
  ~EpollLoop() override;

  void post(Callback job) override { posted_.push_back(std::move(job)); }
  void post_from_any_thread(Callback job) override;
  std::unique_ptr<Watch> watch(int fd) override;
  void run() override;
  void stop() override { stopped_ = true; }

  // Changes what epoll tells of `fd` from `before` to `after`, sets of EPOLLIN and EPOLLOUT. False with errno.
  bool tell_epoll(int fd, EpollWatch& watch, std::uint32_t before, std::uint32_t after);
  // The watch goes: events of it that were fetched are nobody's.
  void forget(const EpollWatch& watch);

 protected:
  // Each turn asks for the next timer.
  void timer_changed() override {}

 private:
  void run_posted();
  void take_from_others();
  // How long the turn may sleep, in milliseconds: 0 when something is to be done, -1 for ever.
  int patience();
  void fetch_events();

  Descriptor epoll_, wake_;
  bool stopped_ = false;
  std::vector<Callback> posted_, turn_;  // for the next turn; of this one, from next_ on
  std::size_t next_ = 0;
  std::array<epoll_event, events_a_turn> events_;
  std::span<epoll_event> fetched_;

  std::mutex mutex_;
  std::vector<Callback> from_others_;
  bool sleeping_ = false;  // and nobody has written to wake_ yet
};

class EpollWatch final : public Watch {
 public:
  EpollWatch(EpollLoop& loop, int fd) : loop_(loop), fd_(fd) {}
  ~EpollWatch() override {
    loop_.forget(*this);
    (void)loop_.tell_epoll(fd_, *this, registered_, 0);
    for (Side* side : {&read_, &write_}) {
      loop_.cancel_timer(side->timer);
      // A coroutine that still waits is told later: here the stream around this watch is half destroyed.
      end_soon(std::move(side->cell), Readiness::Canceled);
    }
  }

  CellRef wait(Direction direction, Deadline deadline) override {
    Side& side = side_of(direction);
    const CellRef cell = make_cell();
    side.cell = cell;
    side.deadline = deadline;
    if (const std::uint32_t wanted = registered_ | side.event; wanted != registered_) {
      if (loop_.tell_epoll(fd_, *this, registered_, wanted)) {
        registered_ = wanted;
      } else {
        // A regular file can always be read and written. Anything else: it cannot be waited for.
        end_soon(cell, errno == EPERM ? Readiness::Ready : Readiness::Canceled);
      }
    }
    if (!deadline.is_never() && (side.timer.number == 0 || deadline.at < side.timer.at)) set_timer(side);
    return cell;
  }
  void cancel(Direction direction) override { end(std::move(side_of(direction).cell), Readiness::Canceled); }

  // What epoll says of the descriptor. This watch may be gone afterwards.
  void happened(std::uint32_t events) {
    // An error or a hang-up is for whoever waits: reading or writing says what it is.
    if (events & (EPOLLERR | EPOLLHUP)) events |= EPOLLIN | EPOLLOUT;
    CellRef read = take(read_, events), write = take(write_, events);
    std::uint32_t still = registered_;
    if (!read) still &= ~(events & EPOLLIN);
    if (!write) still &= ~(events & EPOLLOUT);
    if (still != registered_ && loop_.tell_epoll(fd_, *this, registered_, still)) registered_ = still;
    end(std::move(read), Readiness::Ready);
    end(std::move(write), Readiness::Ready);
  }

 private:
  // One direction, and the last wait for it.
  struct Side {
    std::uint32_t event;
    CellRef cell{};
    Deadline deadline{};
    TimerId timer{};  // runs no later than the deadline; it stays when the wait ends, since the next is most often as long
  };

  Side& side_of(Direction direction) { return direction == Direction::Read ? read_ : write_; }

  // The wait that these events end, if somebody still waits.
  static CellRef take(Side& side, std::uint32_t events) {
    if (!(events & side.event)) return {};
    CellRef cell = std::move(side.cell);
    return cell && !cell->completed() ? cell : CellRef();
  }
  static void end(CellRef cell, Readiness why) {
    if (cell) cell->complete(static_cast<int>(why));
  }
  void end_soon(CellRef cell, Readiness why) {
    if (cell && !cell->completed()) loop_.post([cell = std::move(cell), why] { end(cell, why); });
  }

  void set_timer(Side& side) {
    loop_.cancel_timer(side.timer);
    side.timer = loop_.add_timer(side.deadline.at, [this, &side] { timer_ran(side); });
  }
  void timer_ran(Side& side) {
    side.timer = {};
    if (!side.cell || side.cell->completed() || side.deadline.is_never()) return;
    if (side.deadline.at > loop_.now()) return set_timer(side);
    end(std::move(side.cell), Readiness::TimedOut);
  }

  EpollLoop& loop_;
  const int fd_;
  std::uint32_t registered_ = 0;  // the directions that epoll knows of
  Side read_{.event = EPOLLIN}, write_{.event = EPOLLOUT};
};

EpollLoop::EpollLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(epoll_ && wake_);
  // Each write to it is an edge: nobody needs to read it.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0);
}

EpollLoop::~EpollLoop() {
  // What a job held may post while it goes.
  take_from_others();
  while (!posted_.empty() || !turn_.empty()) {
    turn_.clear();
    turn_.swap(posted_);
  }
}

void EpollLoop::post_from_any_thread(Callback job) {
  {
    const std::lock_guard lock(mutex_);
    from_others_.push_back(std::move(job));
    if (!std::exchange(sleeping_, false)) return;
  }
  // Not under the lock, which the loop takes as soon as it is awake. The threads that post end before the loop does.
  constexpr std::uint64_t one = 1;
  CHECK(::write(wake_.get(), &one, sizeof one) == sizeof one);
}

std::unique_ptr<Watch> EpollLoop::watch(int fd) { return std::make_unique<EpollWatch>(*this, fd); }

bool EpollLoop::tell_epoll(int fd, EpollWatch& watch, std::uint32_t before, std::uint32_t after) {
  if (before == after) return true;
  epoll_event event{.events = after, .data = {.ptr = &watch}};
  const int operation = before == 0 ? EPOLL_CTL_ADD : after == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

void EpollLoop::forget(const EpollWatch& watch) {
  for (epoll_event& event : fetched_) {
    if (event.data.ptr == &watch) event.data.ptr = nullptr;
  }
}

void EpollLoop::run() {
  stopped_ = false;
  while (!stopped_) {
    fetch_events();
    while (!fetched_.empty() && !stopped_) {
      const epoll_event event = fetched_.front();
      fetched_ = fetched_.subspan(1);
      if (event.data.ptr) static_cast<EpollWatch*>(event.data.ptr)->happened(event.events);
    }
    fetched_ = {};
    if (!stopped_ && !next_timer().is_never() && next_timer().at <= now()) run_due_timers();
    run_posted();
  }
}

void EpollLoop::run_posted() {
  take_from_others();
  if (next_ == turn_.size()) {
    turn_.clear();
    next_ = 0;
    turn_.swap(posted_);
  }
  while (next_ < turn_.size() && !stopped_) {
    Callback job = std::move(turn_[next_++]);
    job();
  }
}

void EpollLoop::take_from_others() {
  const std::lock_guard lock(mutex_);
  std::ranges::move(from_others_, std::back_inserter(posted_));
  from_others_.clear();
}

int EpollLoop::patience() {
  if (!posted_.empty() || next_ < turn_.size()) return 0;
  const Deadline next = next_timer();
  if (next.is_never()) return -1;
  constexpr std::int64_t millisecond = 1'000'000;
  const std::int64_t left = next.at.nanoseconds - now().nanoseconds;
  return static_cast<int>(std::clamp<std::int64_t>((left + millisecond - 1) / millisecond, 0, 3'600'000));
}

void EpollLoop::fetch_events() {
  int sleep = patience();
  {
    const std::lock_guard lock(mutex_);
    if (!from_others_.empty()) sleep = 0;
    sleeping_ = sleep != 0;
  }
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), sleep);
  CHECK(count >= 0 || errno == EINTR);
  fetched_ = std::span(events_).first(static_cast<std::size_t>(std::max(count, 0)));
  if (sleep == 0) return;
  const std::lock_guard lock(mutex_);
  sleeping_ = false;
}

}  // namespace

std::unique_ptr<Loop> make_loop() { return std::make_unique<EpollLoop>(); }

}  // namespace courier
