// SettingTable: one declared struct as a table of courier.toml, for code that works on all settings alike.
#pragma once

#include <vector>

#include "settings/setting.h"

namespace courier {

// Refers to a settings struct; the struct outlives it. A value: copy freely.
struct SettingTable {
  const char* name;   // "smtpd": [smtpd] in courier.toml
  const char* help;   // one sentence for the manual
  void* settings;
  void (*visit)(void* settings, SettingVisitor& visitor);
};

template <class Settings>
[[nodiscard]] SettingTable setting_table(const char* name, const char* help, Settings& settings) {
  return {name, help, &settings, [](void* object, SettingVisitor& visitor) { static_cast<Settings*>(object)->visit(visitor); }};
}

using SettingTables = std::vector<SettingTable>;

}  // namespace courier
