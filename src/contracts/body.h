// Body: a message's bytes on their way between processes: inline up to 64 KiB, else a file whose descriptor travels
// beside the struct. LF line ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/shared_bytes.h"

namespace courier {

inline constexpr std::size_t inline_body_limit = 64 * 1024;

struct Body {
  SharedBytes bytes;         // when inline
  bool in_file = false;      // then bytes is empty and the message's descriptor 0 is the file
  std::uint64_t size = 0;    // of the whole body, in bytes
  template <class V>
  void fields(V& v) {
    v("bytes", bytes), v("in_file", in_file), v("size", size);
  }
};

}  // namespace courier
