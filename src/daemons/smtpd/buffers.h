// Buffers that sessions borrow while bytes move, so that one that waits holds none. One thread; keeps at most 32 of 16 KiB.
#pragma once

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace courier::smtpd {

using Buffer = std::array<char, 16384>;

class Buffers {
 public:
  [[nodiscard]] std::unique_ptr<Buffer> borrow() {
    if (free_.empty()) return std::make_unique_for_overwrite<Buffer>();
    auto buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give_back(std::unique_ptr<Buffer> buffer) {
    if (buffer && free_.size() < 32) free_.push_back(std::move(buffer));
  }

 private:
  std::vector<std::unique_ptr<Buffer>> free_;
};

}  // namespace courier::smtpd
