// ComputedCache: where a folder remembers what can be computed again. store/cache implements it with SQLite; without one
// everything is computed each time. Blocking; called on the accounts' strands, for one maildir one call at a time.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/folder/folder.h"

namespace courier::store {

class ComputedCache {
 public:
  virtual ~ComputedCache() = default;
  struct Entry {
    std::string base_name;  // of the message: names its bytes for ever
    Computed computed;      // `uid` is not stored
  };
  // Calls `found` with what is known of these, in the order asked for, and with their index. Its strings may be taken.
  using Found = std::function<void(std::size_t index, Computed& computed)>;
  virtual void find(const std::string& maildir, std::span<const std::string_view> base_names, const Found& found) = 0;
  virtual void keep(const std::string& maildir, const std::vector<Entry>& entries) = 0;
  // Now and then, on any thread: lets go of what was not used for a while.
  virtual void close_unused() = 0;
  virtual void forget(const std::string& maildir, const std::vector<std::string>& base_names) = 0;
};

}  // namespace courier::store
