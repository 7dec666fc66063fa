#include "store/maildir/delivery.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "store/maildir/delivery_files.h"

namespace courier::store {

namespace {

// Between looks for maildirs that have rested.
constexpr Duration kWakeGap = milliseconds(5);

// Messages of one maildir. One job writes them all, so that their entries in tmp/ go to the disk together; then they are synced in
// parallel, and whoever syncs the last publishes all. No thread waits for another; a message that is alone in its maildir, as most
// are, is one job.
struct DeliveryGroup {
  std::string maildir;
  std::vector<std::unique_ptr<DeliveryItem>> items;
  std::atomic<std::size_t> unsynced = 0;
  WallTime now;
};

// What pool threads see. No reference to the loop's objects but the loop: it may outlive them.
class DeliveryWork {
 public:
  // `told` runs on the loop when groups have finished: once for all that take() then gives.
  DeliveryWork(Disk& disk, std::uint64_t process_id, Loop& home, std::function<void()> told)
      : files_(disk, process_id), home_(home), told_(std::move(told)) {}

  // On a pool thread.
  static void perform(const std::shared_ptr<DeliveryWork>& self, Pool& pool, const std::shared_ptr<DeliveryGroup>& group) {
    for (const auto& item : group->items) self->files_.write(*item);
    for (std::size_t i = 1; i < group->items.size(); ++i) {
      pool.submit(Callback([self, group, i] { self->sync(group, i); }));
    }
    self->sync(group, 0);
  }

  [[nodiscard]] std::size_t finished_items() const {
    const std::lock_guard lock(mutex_);
    return finished_items_;
  }
  [[nodiscard]] std::vector<std::shared_ptr<DeliveryGroup>> take() {
    const std::lock_guard lock(mutex_);
    finished_items_ = 0;
    return std::exchange(finished_, {});
  }

 private:
  void sync(const std::shared_ptr<DeliveryGroup>& group, std::size_t index) {
    files_.sync(*group->items[index]);
    if (--group->unsynced != 0) return;
    std::vector<DeliveryItem*> all;
    for (const auto& item : group->items) all.push_back(item.get());
    files_.publish(all, group->now);
    const std::lock_guard lock(mutex_);
    finished_.push_back(group);
    finished_items_ += group->items.size();
    if (finished_.size() == 1) home_.post_from_any_thread(Callback(told_));
  }

  DeliveryFiles files_;
  Loop& home_;
  const std::function<void()> told_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<DeliveryGroup>> finished_;
  std::size_t finished_items_ = 0;
};

}  // namespace

struct Deliverer::State : std::enable_shared_from_this<State> {
  State(Loop& l, Pool& p, Settings s) : loop(l), pool(p), settings(s) {}
  ~State() {
    loop.cancel_timer(gathering);
    loop.cancel_timer(wake);
  }

  struct Caller {
    Delivery delivery;
    DeliveryResult result;
    CellRef done = make_cell();
  };
  using Callers = std::vector<std::shared_ptr<Caller>>;
  // A maildir with messages in hand. What comes while a group of it is written goes with the next.
  struct Box {
    Callers waiting;
    Callers in_group;
    Instant rests_until{};  // no group begins before
    bool starting = false;  // one begins at the end of this turn of the loop
  };
  using Boxes = std::unordered_map<std::string, Box>;

  void add(std::shared_ptr<Caller> caller);
  void consider(Boxes::value_type& entry);
  void start_all();
  void wake_rested();
  void start(Boxes::value_type& entry);
  void gather();
  void settle();
  void settle(DeliveryGroup& group);
  void remember(const Delivery& delivery);

  Loop& loop;
  Pool& pool;
  Settings settings;
  std::shared_ptr<DeliveryWork> work;
  Boxes boxes;
  std::vector<Boxes::value_type*> starting;
  std::size_t in_hand = 0;                   // messages
  TimerId gathering;
  std::deque<std::pair<Instant, std::string>> resting;  // when the rest of a maildir ends, in that order
  TimerId wake;
  std::unordered_set<std::string> recent;
  std::deque<std::string> recent_order;
};

void Deliverer::State::add(std::shared_ptr<Caller> caller) {
  ++in_hand;
  auto& entry = *boxes.try_emplace(caller->delivery.maildir).first;
  Box& box = entry.second;
  box.waiting.push_back(std::move(caller));
  consider(entry);
}

// A maildir rests after the beginning of a group: when its messages come thick, more of them share the sync of new/.
void Deliverer::State::consider(Boxes::value_type& entry) {
  Box& box = entry.second;
  if (box.starting || !box.in_group.empty() || loop.now() < box.rests_until) return;
  box.starting = true;
  starting.push_back(&entry);
  if (starting.size() > 1) return;
  loop.post([self = weak_from_this()] {
    if (const auto state = self.lock()) state->start_all();
  });
}

void Deliverer::State::wake_rested() {
  wake = {};
  const Instant now = loop.now();
  while (!resting.empty() && resting.front().first <= now) {
    const auto place = boxes.find(resting.front().second);
    resting.pop_front();
    if (place == boxes.end() || !place->second.in_group.empty()) continue;
    if (place->second.waiting.empty()) {
      boxes.erase(place);
    } else {
      consider(*place);
    }
  }
  if (!resting.empty()) wake = loop.add_timer(std::max(resting.front().first, now + kWakeGap), [this] { wake_rested(); });
}

void Deliverer::State::start_all() {
  for (Boxes::value_type* entry : std::exchange(starting, {})) start(*entry);
}

void Deliverer::State::start(Boxes::value_type& entry) {
  auto& [maildir, box] = entry;
  box.starting = false;
  box.rests_until = loop.now() + settings.rest;
  resting.emplace_back(box.rests_until, maildir);
  if (wake.number == 0) wake = loop.add_timer(box.rests_until, [this] { wake_rested(); });
  const auto end = box.waiting.begin() + static_cast<std::ptrdiff_t>(std::min(box.waiting.size(), settings.max_group));
  box.in_group.assign(std::move_iterator(box.waiting.begin()), std::move_iterator(end));
  box.waiting.erase(box.waiting.begin(), end);
  const auto group = std::make_shared<DeliveryGroup>();
  group->maildir = maildir;
  group->now = loop.wall_now();
  for (const auto& caller : box.in_group) {
    group->items.push_back(std::make_unique<DeliveryItem>());
    group->items.back()->delivery = std::move(caller->delivery);
  }
  group->unsynced = group->items.size();
  pool.submit(Callback([work = work, home = &pool, group] { DeliveryWork::perform(work, *home, group); }));
}

// Alone, a message is answered at once. Under load the answers of a moment go out together, which costs the queue one wake-up.
void Deliverer::State::gather() {
  if (work->finished_items() == in_hand || settings.gather == Duration{}) return settle();
  if (gathering.number == 0) gathering = loop.add_timer(loop.now() + settings.gather, [this] { settle(); });
}

void Deliverer::State::settle() {
  loop.cancel_timer(std::exchange(gathering, {}));
  for (const auto& group : work->take()) settle(*group);
}

void Deliverer::State::settle(DeliveryGroup& group) {
  const auto place = boxes.find(group.maildir);
  const Callers callers = std::exchange(place->second.in_group, {});
  in_hand -= callers.size();
  if (!place->second.waiting.empty()) {
    consider(*place);
  } else if (place->second.rests_until <= loop.now()) {
    boxes.erase(place);  // else when it has rested
  }
  for (std::size_t i = 0; i < callers.size(); ++i) {
    DeliveryItem& item = *group.items[i];
    if (item.result.outcome == DeliveryOutcome::Delivered) remember(item.delivery);
    callers[i]->result = std::move(item.result);
    callers[i]->done->complete();
  }
}

void Deliverer::State::remember(const Delivery& delivery) {
  if (settings.remembered == 0) return;
  std::string key = delivery.maildir + "/" + delivery.base;
  if (!recent.insert(key).second) return;
  recent_order.push_back(std::move(key));
  if (recent_order.size() <= settings.remembered) return;
  recent.erase(recent_order.front());
  recent_order.pop_front();
}

Deliverer::Deliverer(Loop& loop, Disk& disk, Pool& pool, Settings settings) : state_(std::make_shared<State>(loop, pool, settings)) {
  const std::weak_ptr<State> state = state_;
  state_->work = std::make_shared<DeliveryWork>(disk, settings.process_id, loop, [state] {
    if (const auto self = state.lock()) self->gather();
  });
}

Deliverer::~Deliverer() = default;

Task<DeliveryResult> Deliverer::deliver(Delivery delivery) {
  if (state_->recent.contains(delivery.maildir + "/" + delivery.base)) {
    co_return DeliveryResult{.outcome = DeliveryOutcome::Repeated, .text = {}};
  }
  const auto caller = std::make_shared<State::Caller>();
  caller->delivery = std::move(delivery);
  state_->add(caller);
  co_await CellRef(caller->done);
  co_return std::move(caller->result);
}

std::size_t Deliverer::pending() const { return state_->in_hand; }

}  // namespace courier::store
