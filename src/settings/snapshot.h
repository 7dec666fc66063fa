// Snapshot: all settings of an instance, checked. What the supervisor holds and cuts into slices.
//
// To add a daemon's settings: include its header, one member, one line in tables().
#pragma once

#include "settings/table.h"

namespace courier {

struct Snapshot {
  // In the order of the manual. Refers into this object.
  [[nodiscard]] SettingTables tables() {
    return {
    };
  }
};

}  // namespace courier
