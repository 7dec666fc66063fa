// Generations: a map that forgets. What was not touched for one to two `lifetime`s is gone, and it never holds more than
// twice `capacity` entries; there is no clean-up work beyond dropping half of it at once.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>

#include "base/time.h"

namespace courier::auth {

template <class Key, class Value, class Hash = std::hash<Key>>
class Generations {
 public:
  Generations(Duration lifetime, std::size_t capacity) : lifetime_(lifetime), capacity_(capacity) {}

  // Null: not there. Valid until the next call. `renew` keeps the entry for another lifetime.
  [[nodiscard]] Value* find(const Key& key, Instant now, bool renew) {
    turn(now);
    if (const auto found = young_.find(key); found != young_.end()) return &found->second;
    const auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    if (!renew) return &found->second;
    Value& place = young_[key];
    place = std::move(found->second);
    old_.erase(found);
    return &place;
  }
  // The entry, made when it is missing.
  [[nodiscard]] Value& at(const Key& key, Instant now) {
    if (Value* found = find(key, now, true)) return *found;
    return young_[key];
  }
  void erase(const Key& key) {
    young_.erase(key);
    old_.erase(key);
  }
  void clear() {
    young_.clear();
    old_.clear();
  }
  template <class F>
  void for_each(F told) const {
    for (const auto& [key, value] : young_) told(key, value);
    for (const auto& [key, value] : old_) told(key, value);
  }

 private:
  void turn(Instant now) {
    if (now - born_ >= lifetime_ * 2) {
      clear();
      born_ = now;
    } else if (now - born_ >= lifetime_ || young_.size() >= capacity_) {
      old_ = std::move(young_);
      young_ = {};
      born_ = now;
    }
  }

  Duration lifetime_;
  std::size_t capacity_;
  Instant born_{};
  std::unordered_map<Key, Value, Hash> young_, old_;
};

}  // namespace courier::auth
