// What a parser of this folder gives: the value, or where the bytes break the grammar.
#pragma once

#include "base/result.h"
#include "wire/text/cursor.h"

namespace courier::sasl {

template <class T>
using Parsed = Result<T, SyntaxError>;

}  // namespace courier::sasl
