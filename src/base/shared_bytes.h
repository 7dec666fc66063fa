// SharedBytes: a run of bytes that nobody changes any more, shared by all who hold it. A copy costs a reference, not the
// bytes. Several threads may hold and read the same.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace courier {

class SharedBytes {
 public:
  SharedBytes() = default;
  // All of `bytes`. Not explicit: where shared bytes are wanted, a string will do.
  SharedBytes(std::string bytes) {
    if (!bytes.empty()) *this = whole(std::make_shared<const std::string>(std::move(bytes)));
  }
  // `part` lies in what `owner` owns, and keeps all of that in memory.
  SharedBytes(const std::shared_ptr<const void>& owner, std::string_view part) : begin_(owner, part.data()), size_(part.size()) {}

  [[nodiscard]] std::string_view view() const { return begin_ ? std::string_view(begin_.get(), size_) : std::string_view(); }
  [[nodiscard]] std::size_t size() const { return view().size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }

 private:
  static SharedBytes whole(const std::shared_ptr<const std::string>& bytes) { return {bytes, *bytes}; }

  std::shared_ptr<const char> begin_;
  std::size_t size_ = 0;  // none without begin_, as when it was moved away
};

}  // namespace courier
