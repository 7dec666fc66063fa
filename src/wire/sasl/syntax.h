// What a parser of this folder says when bytes break the grammar.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace courier::sasl {

struct SyntaxError {
  std::size_t offset = 0;
  const char* expected = "";
};
template <class T>
using Parsed = Result<T, SyntaxError>;

}  // namespace courier::sasl
