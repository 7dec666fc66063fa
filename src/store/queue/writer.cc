#include "store/queue/writer.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

namespace courier::spool {
namespace {

// Of one transaction. A submit that comes meanwhile waits for the whole of it, so no wave of outcomes makes it long.
constexpr std::size_t most_bytes = 8 << 20;  // of submits, and of outcomes
constexpr std::size_t most_submits = 2000;
constexpr std::size_t most_outcomes_alone = 64;
constexpr std::size_t least_outcomes = 16;  // beside submits; that many go in each turn, so that they never starve
constexpr std::size_t outcomes_a_submit = 2;

}  // namespace

// The thread moves references, and never copies or drops one: their count belongs to the loop.
static_assert(std::is_nothrow_move_constructible_v<CommitRef> && std::is_nothrow_move_assignable_v<CommitRef>);

struct Writer::State {
  using Items = std::vector<CommitRef>;

  State(Pool& p, std::unique_ptr<Spool> s) : pool(p), loop(p.loop()), spool(std::move(s)), free_bytes(spool->free_bytes()) {}

  // On the loop: gives the thread what was handed over, and wakes it.
  static void send_off(const std::shared_ptr<State>& self) {
    if (self->handed_over.empty()) return;
    {
      const std::lock_guard lock(self->mutex);
      for (CommitRef& item : self->handed_over) (item->is_submit() ? self->submits : self->others).push_back(std::move(item));
      self->handed_over.clear();
      if (std::exchange(self->working, true)) return;
    }
    self->pool.submit([self] { work(self); });
  }

  // On the thread: until nothing waits.
  static void work(const std::shared_ptr<State>& self) {
    while (true) {
      Items batch = self->take();
      if (batch.empty()) return;
      self->process(batch);
      // The loop must not keep the spool open: it may end later.
      const std::weak_ptr<State> weak = self;
      self->loop.post_from_any_thread([weak, done = std::move(batch)] {
        if (const auto state = weak.lock()) state->answer(done);
      });
    }
  }

  Items take() {
    const std::lock_guard lock(mutex);
    Items batch;
    // A visit is alone in its turn, which comes when all that was handed over before it is committed.
    if (!others.empty() && others.front()->visit && (submits.empty() || submits.front()->turn > others.front()->turn)) {
      batch.push_back(std::move(others.front()));
      others.pop_front();
      return batch;
    }
    move_changes(submits, most_submits, batch);
    move_changes(others, batch.empty() ? most_outcomes_alone : std::max(least_outcomes, outcomes_a_submit * batch.size()), batch);
    if (batch.empty()) working = false;
    return batch;
  }

  // From the front, up to a visit.
  static void move_changes(std::deque<CommitRef>& from, std::size_t most, Items& to) {
    std::size_t bytes = 0;
    for (; most > 0 && bytes < most_bytes && !from.empty() && !from.front()->visit; --most) {
      bytes += from.front()->weight;
      to.push_back(std::move(from.front()));
      from.pop_front();
    }
  }

  void process(Items& batch) {
    if (batch.front()->visit) {
      batch.front()->visit(*spool);
      return;
    }
    std::vector<const Change*> changes;
    changes.reserve(batch.size());
    std::int64_t now_us = 0;
    for (const CommitRef& item : batch) {
      changes.push_back(&item->change);
      now_us = std::max(now_us, item->now_us);
    }
    std::vector<Receipt> receipts = spool->apply(changes, now_us);
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->receipt = std::move(receipts[i]);
    free_bytes.store(spool->free_bytes(), std::memory_order_relaxed);
  }

  // On the loop.
  void answer(const Items& batch) {
    for (const CommitRef& item : batch) {
      if (item->receipt.verdict == Verdict::Damaged && damaged) std::exchange(damaged, nullptr)(item->receipt.text);
      item->complete();
    }
  }

  Pool& pool;
  Loop& loop;
  std::unique_ptr<Spool> spool;
  std::function<void(const std::string&)> damaged;
  std::atomic<std::uint64_t> free_bytes;
  Items handed_over;             // in this turn of the loop
  std::uint64_t last_turn = 0;
  std::mutex mutex;              // guards what follows
  std::deque<CommitRef> submits;
  std::deque<CommitRef> others;  // outcomes and visits
  bool working = false;
};

Writer::Writer(Pool& pool, std::unique_ptr<Spool> spool) : state_(std::make_shared<State>(pool, std::move(spool))) {}
Writer::~Writer() { State::send_off(state_); }

void Writer::hand_over(CommitRef item) {
  State& state = *state_;
  item->turn = ++state.last_turn;
  if (state.handed_over.empty()) {
    state.loop.post([weak = std::weak_ptr(state_)] {
      if (const auto shared = weak.lock()) State::send_off(shared);
    });
  }
  state.handed_over.push_back(std::move(item));
}

CommitRef Writer::commit(Change change) {
  CommitRef item(new Commit);
  item->change = std::move(change);
  item->weight = item->change.weight();
  item->now_us = state_->loop.wall_now().microseconds;
  hand_over(item);
  return item;
}

CommitRef Writer::visit(std::move_only_function<void(Spool&)> job) {
  CommitRef item(new Commit);
  item->visit = std::move(job);
  item->receipt.verdict = Verdict::Done;
  hand_over(item);
  return item;
}

std::size_t Writer::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->handed_over.size() + state_->submits.size() + state_->others.size();
}

Bodies& Writer::bodies() { return state_->spool->bodies(); }
std::uint64_t Writer::free_bytes() const { return state_->free_bytes.load(std::memory_order_relaxed); }
void Writer::on_damage(std::function<void(const std::string&)> told) { state_->damaged = std::move(told); }

}  // namespace courier::spool
