#include "store/maildir/delivery.h"

#include <atomic>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "store/maildir/delivery_files.h"

namespace courier::store {

namespace {

// What pool threads see of a batch. No reference to the loop's objects: it may outlive them.
struct Batch {
  Batch(Disk& disk, std::uint64_t process_id) : files(disk, process_id) {}
  DeliveryFiles files;
  // The items of one maildir. Whoever writes the last of them publishes all: no thread waits for another, and a message
  // that is alone in its maildir, as most are, is one job.
  struct Group {
    std::vector<DeliveryItem*> items;
    std::atomic<std::size_t> unwritten = 0;
  };
  std::vector<std::unique_ptr<DeliveryItem>> items;
  std::deque<Group> groups;
  std::vector<Group*> group_of;       // for each item
  WallTime now;
  std::atomic<std::size_t> left = 0;  // items whose job has not ended
};

}  // namespace

struct Deliverer::State : std::enable_shared_from_this<State> {
  State(Loop& l, Disk& d, Pool& p, Settings s) : loop(l), disk(d), pool(p), settings(s) {}

  struct Caller {
    Delivery delivery;
    DeliveryResult result;
    CellRef done = make_cell();
  };

  [[nodiscard]] Task<> run();
  [[nodiscard]] Task<> run_batch(std::vector<std::shared_ptr<Caller>> callers);
  void remember(const Delivery& delivery);

  Loop& loop;
  Disk& disk;
  Pool& pool;
  Settings settings;
  std::deque<std::shared_ptr<Caller>> waiting;
  std::size_t in_batch = 0;
  bool running = false;
  CellRef batch_done;
  std::unordered_set<std::string> recent;
  std::deque<std::string> recent_order;
};

namespace {

void group_by_maildir(Batch& batch) {
  std::unordered_map<std::string_view, Batch::Group*> places;
  for (const auto& item : batch.items) {
    Batch::Group*& group = places[item->delivery.maildir];
    if (!group) group = &batch.groups.emplace_back();
    group->items.push_back(item.get());
    ++group->unwritten;
    batch.group_of.push_back(group);
  }
}

// On a pool thread. True when it was the last of the batch.
bool perform(Batch& batch, std::size_t index) {
  batch.files.write(*batch.items[index]);
  Batch::Group& group = *batch.group_of[index];
  if (--group.unwritten == 0) batch.files.publish(group.items, batch.now);
  return --batch.left == 0;
}

}  // namespace

Task<> Deliverer::State::run_batch(std::vector<std::shared_ptr<Caller>> callers) {
  const auto batch = std::make_shared<Batch>(disk, settings.process_id);
  batch->now = loop.wall_now();
  for (const auto& caller : callers) {
    batch->items.push_back(std::make_unique<DeliveryItem>());
    batch->items.back()->delivery = std::move(caller->delivery);
  }
  group_by_maildir(*batch);
  batch->left = batch->items.size();
  batch_done = make_cell();
  const CellRef done = batch_done;
  for (std::size_t i = 0; i < batch->items.size(); ++i) {
    pool.submit(Callback([batch, i, home = &loop, self = weak_from_this()] {
      if (!perform(*batch, i)) return;
      home->post_from_any_thread(Callback([self] {
        if (const auto state = self.lock()) state->batch_done->complete();
      }));
    }));
  }
  co_await CellRef(done);
  for (std::size_t i = 0; i < callers.size(); ++i) {
    const DeliveryItem& item = *batch->items[i];
    if (item.result.outcome == DeliveryOutcome::Delivered) remember(item.delivery);
    callers[i]->result = item.result;
    callers[i]->done->complete();
  }
}

Task<> Deliverer::State::run() {
  running = true;
  while (!waiting.empty()) {
    std::vector<std::shared_ptr<Caller>> callers;
    while (!waiting.empty() && callers.size() < settings.max_batch) {
      callers.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    in_batch = callers.size();
    co_await run_batch(std::move(callers));
    in_batch = 0;
  }
  running = false;
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

Deliverer::Deliverer(Loop& loop, Disk& disk, Pool& pool, Settings settings)
    : state_(std::make_shared<State>(loop, disk, pool, settings)), running_(loop, no_exceptions()) {}

Deliverer::~Deliverer() = default;

Task<DeliveryResult> Deliverer::deliver(Delivery delivery) {
  if (state_->recent.contains(delivery.maildir + "/" + delivery.base)) {
    co_return DeliveryResult{.outcome = DeliveryOutcome::Repeated, .text = {}};
  }
  const auto caller = std::make_shared<State::Caller>();
  caller->delivery = std::move(delivery);
  state_->waiting.push_back(caller);
  if (!state_->running) running_.spawn(state_->run());
  co_await CellRef(caller->done);
  co_return std::move(caller->result);
}

std::size_t Deliverer::pending() const { return state_->waiting.size() + state_->in_batch; }

}  // namespace courier::store
