#include "runtime/file_watch.h"

#include <algorithm>
#include <map>
#include <vector>

#include "runtime/change_source.h"
#include "runtime/task_group.h"

namespace courier {

namespace {

// What the watcher and its watches share.
struct Watched {
  explicit Watched(std::unique_ptr<ChangeSource> s) : source(std::move(s)) {}
  std::unique_ptr<ChangeSource> source;
  struct One {
    int number;
    std::function<void()> changed;
  };
  std::map<std::uint64_t, One> watches;
  std::uint64_t last = 0;

  [[nodiscard]] bool has(int number) const {
    return std::ranges::any_of(watches, [number](const auto& watch) { return watch.second.number == number; });
  }
};

class SharedWatch final : public DirectoryWatch {
 public:
  SharedWatch(std::shared_ptr<Watched> watched, std::uint64_t key) : watched_(std::move(watched)), key_(key) {}
  ~SharedWatch() override {
    const auto place = watched_->watches.find(key_);
    const int number = place->second.number;
    watched_->watches.erase(place);
    if (!watched_->has(number)) watched_->source->remove(number);
  }

 private:
  std::shared_ptr<Watched> watched_;
  std::uint64_t key_;
};

class SystemWatcher final : public FileWatcher {
 public:
  SystemWatcher(Loop& loop, std::unique_ptr<ChangeSource> source)
      : watched_(std::make_shared<Watched>(std::move(source))),
        readable_(loop.watch(watched_->source->descriptor())),
        reading_(loop, no_exceptions()) {
    reading_.spawn(read());
  }

  std::unique_ptr<DirectoryWatch> watch(const std::string& directory, std::function<void()> changed) override {
    const int number = watched_->source->add(directory);
    if (number < 0) return nullptr;
    watched_->watches.emplace(++watched_->last, Watched::One{.number = number, .changed = std::move(changed)});
    return std::make_unique<SharedWatch>(watched_, watched_->last);
  }

 private:
  Task<> read() {
    for (;;) {
      const int outcome = co_await readable_->wait(Direction::Read, Deadline::never());
      if (static_cast<Readiness>(outcome) != Readiness::Ready) co_return;
      tell();
    }
  }

  void tell() {
    std::vector<int> numbers;
    bool lost = false;
    watched_->source->read(numbers, lost);
    std::ranges::sort(numbers);
    // Whoever is told may add and remove watches: look each up anew.
    std::vector<std::uint64_t> keys;
    for (const auto& [key, watch] : watched_->watches) {
      if (lost || std::ranges::binary_search(numbers, watch.number)) keys.push_back(key);
    }
    for (const std::uint64_t key : keys) {
      const auto place = watched_->watches.find(key);
      if (place == watched_->watches.end()) continue;
      const std::function<void()> changed = place->second.changed;
      changed();
    }
  }

  std::shared_ptr<Watched> watched_;
  std::unique_ptr<Watch> readable_;
  TaskGroup reading_;
};

}  // namespace

std::unique_ptr<FileWatcher> make_file_watcher(Loop& loop) {
  auto source = ChangeSource::open();
  if (!source) return nullptr;
  return std::make_unique<SystemWatcher>(loop, std::move(source));
}

}  // namespace courier
