// Remembered: answers of another process, kept for some seconds under their question. What a change makes wrong is used no
// longer than that. At most `most` are kept; when there are more, all are forgotten.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>

#include "base/time.h"
#include "runtime/loop.h"

namespace courier {

template <class Value>
class Remembered {
 public:
  Remembered(Loop& loop, Duration lifetime, std::size_t most) : loop_(loop), lifetime_(lifetime), most_(most) {}

  // Null when unknown or too old. Valid until the next keep().
  [[nodiscard]] const Value* find(const std::string& question) const {
    const auto place = known_.find(question);
    return place != known_.end() && place->second.second > loop_.now() ? &place->second.first : nullptr;
  }
  void keep(const std::string& question, Value answer) {
    if (known_.size() >= most_) known_.clear();
    known_.insert_or_assign(question, std::pair(std::move(answer), loop_.now() + lifetime_));
  }

 private:
  Loop& loop_;
  Duration lifetime_;
  std::size_t most_;
  std::unordered_map<std::string, std::pair<Value, Instant>> known_;
};

}  // namespace courier
