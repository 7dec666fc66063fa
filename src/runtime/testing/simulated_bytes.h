// Bytes of a simulated file, in pages that copies share until one of them is written: what a crash may leave is copied thousands of
// times in a test, and differs little from what there was.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace courier::simulated {

class Bytes {
 public:
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // What is new reads as zeros.
  void resize(std::uint64_t size);
  // Beyond the end: grows first.
  void write(std::uint64_t offset, std::string_view bytes);
  // How many were there; fewer only at the end.
  std::size_t read(std::uint64_t offset, std::span<char> into) const;
  [[nodiscard]] std::string all() const;

 private:
  static constexpr std::size_t page_size = 4096;
  using Page = std::array<char, page_size>;
  // For writing: nobody else's. Null is a page of zeros.
  [[nodiscard]] Page& own(std::size_t number);

  std::vector<std::shared_ptr<Page>> pages_;
  std::uint64_t size_ = 0;  // behind it, the last page is zero
};

}  // namespace courier::simulated
