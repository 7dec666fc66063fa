#include "store/maildir/delivery.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "store/maildir/delivery_work.h"

namespace courier::store {

namespace {

// Between looks for maildirs that have rested.
constexpr Duration kWakeGap = milliseconds(5);
// No wave for so long after one that was not whole; the next time twice as long.
constexpr Duration kShortestPause = minutes(1);
constexpr Duration kLongestPause = hours(1);
// A message counts for one more with each so many bytes; a group with more than that much of it (3 MiB) goes for itself.
constexpr std::size_t kBytesPerWeight = 64 * 1024;
constexpr std::size_t kMostExtraWeight = 48;

}  // namespace

struct Deliverer::State : std::enable_shared_from_this<State> {
  State(Loop& l, Pool& p, Settings s) : loop(l), pool(p), settings(s) {}
  ~State() {
    loop.cancel_timer(gathering);
    loop.cancel_timer(wake);
    loop.cancel_timer(next_start);
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
  void start_soon();
  void start_all();
  [[nodiscard]] bool start_wave();
  // For how many more messages the bytes of the group count that would begin now.
  [[nodiscard]] std::size_t extra_weight(const Box& box) const;
  void start_next_wave();
  void wake_rested();
  [[nodiscard]] GroupPtr make_group(Boxes::value_type& entry);
  void gather();
  void settle();
  void settle(DeliveryGroup& group);
  void settle(const DeliveryWave& wave);
  void remember(const Delivery& delivery);

  Loop& loop;
  Pool& pool;
  Settings settings;
  std::shared_ptr<DeliveryWork> work;
  Boxes boxes;
  std::vector<Boxes::value_type*> starting;
  std::size_t in_hand = 0;                   // messages
  std::size_t in_work = 0;                   // of them in groups
  bool in_wave = false;                      // one is under way
  Instant no_start_before{};                 // while waves follow one another
  Instant last_came{};                       // a message
  TimerId next_start;
  Instant no_wave_before{};                  // after one that was not whole
  Duration pause = kShortestPause;           // after the next that is not whole
  TimerId gathering;
  std::deque<std::pair<Instant, std::string>> resting;  // when the rest of a maildir ends, in that order
  TimerId wake;
  std::unordered_set<std::string> recent;
  std::deque<std::string> recent_order;
};

void Deliverer::State::add(std::shared_ptr<Caller> caller) {
  ++in_hand;
  last_came = loop.now();
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
  if (starting.size() == 1) start_soon();
}

void Deliverer::State::start_soon() {
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

// While there are waves, all wait for the next; it is not long. But what is large would make it long.
void Deliverer::State::start_all() {
  for (Boxes::value_type* entry : std::exchange(starting, {})) {
    if (extra_weight(entry->second) > kMostExtraWeight) {
      work->begin(make_group(*entry));
    } else {
      starting.push_back(entry);
    }
  }
  if (in_wave || loop.now() < no_start_before || start_wave()) return;
  for (Boxes::value_type* entry : std::exchange(starting, {})) work->begin(make_group(*entry));
}

std::size_t Deliverer::State::extra_weight(const Box& box) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < std::min(box.waiting.size(), settings.max_group); ++i) {
    sum += static_cast<std::size_t>(box.waiting[i]->delivery.body->size() / kBytesPerWeight);
  }
  return sum;
}

// Takes along what waits in maildirs that rest: it costs nothing, and they rest together from then on. False: too little waits, or
// the last wave took too long.
bool Deliverer::State::start_wave() {
  if (loop.now() < no_wave_before || in_hand - in_work < settings.min_wave) return false;
  const auto wave = std::make_shared<DeliveryWave>();
  std::size_t sum = 0;
  const auto join = [&](Boxes::value_type& entry) {
    sum += extra_weight(entry.second);
    wave->groups.push_back(make_group(entry));
    sum += wave->groups.back()->items.size();
    wave->messages += wave->groups.back()->items.size();
  };
  std::vector<Boxes::value_type*> later;
  for (Boxes::value_type* entry : std::exchange(starting, {})) {
    if (sum < settings.max_wave) {
      join(*entry);
    } else {
      later.push_back(entry);
    }
  }
  starting = std::move(later);
  for (auto& entry : boxes) {
    const Box& box = entry.second;
    if (sum >= settings.max_wave) break;
    if (box.starting || !box.in_group.empty() || box.waiting.empty()) continue;
    if (extra_weight(box) <= kMostExtraWeight) join(entry);
  }
  if (wave->messages < settings.min_wave) {
    // The others are large, or are behind a group of their maildir.
    for (const GroupPtr& group : wave->groups) work->begin(group);
    return false;
  }
  wave->patience = settings.wave_patience + settings.message_patience * static_cast<std::int64_t>(sum);
  in_wave = true;
  no_start_before = loop.now() + settings.wave_rest;
  work->begin(wave);
  return true;
}

GroupPtr Deliverer::State::make_group(Boxes::value_type& entry) {
  auto& [maildir, box] = entry;
  box.starting = false;
  box.rests_until = loop.now() + settings.rest;
  resting.emplace_back(box.rests_until, maildir);
  if (wake.number == 0) wake = loop.add_timer(box.rests_until, [this] { wake_rested(); });
  const auto end = box.waiting.begin() + static_cast<std::ptrdiff_t>(std::min(box.waiting.size(), settings.max_group));
  box.in_group.assign(std::move_iterator(box.waiting.begin()), std::move_iterator(end));
  box.waiting.erase(box.waiting.begin(), end);
  auto group = std::make_shared<DeliveryGroup>();
  group->maildir = maildir;
  group->now = loop.wall_now();
  for (const auto& caller : box.in_group) {
    group->items.push_back(std::make_unique<DeliveryItem>());
    group->items.back()->delivery = std::move(caller->delivery);
  }
  in_work += group->items.size();
  return group;
}

// Alone, a message is answered at once. Under load the answers of a moment go out together, which costs the queue one wake-up.
void Deliverer::State::gather() {
  if (work->finished_messages() == in_work || settings.gather == Duration{}) return settle();
  if (gathering.number == 0) gathering = loop.add_timer(loop.now() + settings.gather, [this] { settle(); });
}

void Deliverer::State::settle() {
  loop.cancel_timer(std::exchange(gathering, {}));
  const DeliveryWork::Finished finished = work->take();
  for (const GroupPtr& group : finished.groups) settle(*group);
  for (const WavePtr& wave : finished.waves) settle(*wave);
}

void Deliverer::State::settle(const DeliveryWave& wave) {
  in_wave = false;
  if (settings.wave_ended) settings.wave_ended(wave.messages, wave.whole);
  if (wave.whole) {
    pause = kShortestPause;
  } else {
    no_start_before = {};
    no_wave_before = loop.now() + pause;
    pause = std::min(pause * 2, kLongestPause);
  }
  start_next_wave();
}

// After its rest, or as soon as no more messages come.
void Deliverer::State::start_next_wave() {
  const Instant at = std::min(no_start_before, last_came + settings.wave_lull);
  if (loop.now() >= at) {
    no_start_before = {};
    return start_all();
  }
  next_start = loop.add_timer(at, [this] {
    next_start = {};
    start_next_wave();
  });
}

void Deliverer::State::settle(DeliveryGroup& group) {
  const auto place = boxes.find(group.maildir);
  const Callers callers = std::exchange(place->second.in_group, {});
  in_hand -= callers.size();
  in_work -= callers.size();
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
  state_->work = std::make_shared<DeliveryWork>(disk, settings.process_id, loop, pool, [state] {
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
