// Queue ids for messages that the queue itself makes. smtpd makes its own; these never meet them.
#pragma once

#include <cstdint>
#include <string>

namespace courier::queue {

class Ids {
 public:
  // `boot`: number of this start of the supervisor, never repeated. `start_us`: wall time, for a restart within one boot.
  Ids(std::uint64_t boot, std::int64_t start_us) : prefix_("Q" + hex(boot) + "." + hex(static_cast<std::uint64_t>(start_us)) + ".") {}
  [[nodiscard]] std::string next() { return prefix_ + hex(++count_); }

 private:
  static std::string hex(std::uint64_t number) {
    std::string digits;
    do {
      digits.insert(digits.begin(), "0123456789ABCDEF"[number & 15]);
      number >>= 4;
    } while (number != 0);
    return digits;
  }
  std::string prefix_;
  std::uint64_t count_ = 0;
};

}  // namespace courier::queue
