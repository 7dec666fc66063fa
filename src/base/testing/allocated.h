// Allocated: how much memory this thread has taken since the object was made, for fuzzers that hold a parser to its bound.
// Counts under AddressSanitizer, that is in the presets dev and fuzz; elsewhere most() is 0. One at a time, in programs of one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" {
[[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t), void (*)(const volatile void*));
[[gnu::weak]] std::size_t __sanitizer_get_allocated_size(const volatile void*);
}

namespace courier {

class Allocated {
 public:
  Allocated() {
    static const bool hooked =
        __sanitizer_install_malloc_and_free_hooks && __sanitizer_install_malloc_and_free_hooks(taken, given_back) > 0;
    (void)hooked;
    now_ = most_ = 0;
  }

  // Bytes: the most that were held at one time.
  [[nodiscard]] std::size_t most() const { return static_cast<std::size_t>(most_); }

 private:
  static void taken(const volatile void*, std::size_t size) {
    now_ += static_cast<std::int64_t>(size);
    most_ = std::max(most_, now_);
  }
  static void given_back(const volatile void* memory) {
    if (memory) now_ -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(memory));
  }

  inline static std::int64_t now_ = 0, most_ = 0;
};

}  // namespace courier
