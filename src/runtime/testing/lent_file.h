// LentFile: a nameless file of the machine beside one of a simulated disk, with the same bytes, so that its descriptor can
// travel to another process as that of a real one does.
#pragma once

#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace courier {

// CHECK fails when the machine's temporary folder cannot be written.
class LentFile {
 public:
  explicit LentFile(std::string_view content);
  // Still owned by this.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  // What lies in it now: whoever was lent the descriptor may have written.
  [[nodiscard]] std::string content() const;
  void replace(std::string_view content);

 private:
  Descriptor descriptor_;
};

}  // namespace courier
