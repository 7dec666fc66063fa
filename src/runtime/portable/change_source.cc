#include "runtime/change_source.h"

namespace courier {

std::unique_ptr<ChangeSource> ChangeSource::open() { return nullptr; }

}  // namespace courier
