// What differs between two settings of one kind: for reload.
#pragma once

#include <string>
#include <vector>

#include "settings/setting.h"
#include "settings/table.h"

namespace courier {

// One setting's value in the binary form.
struct SettingValue {
  std::string key;
  bool restart = false;
  std::string bytes;
};
// In the order of visit.
class SettingValues final : public SettingVisitor {
 public:
  void flag(const SettingRule& rule, bool& value) override { keep(rule, value, &SettingVisitor::flag); }
  void number(const SettingRule& rule, std::int64_t& value) override { keep(rule, value, &SettingVisitor::number); }
  void size(const SettingRule& rule, std::int64_t& value) override { keep(rule, value, &SettingVisitor::size); }
  void duration(const SettingRule& rule, Duration& value) override { keep(rule, value, &SettingVisitor::duration); }
  void text(const SettingRule& rule, std::string& value) override { keep(rule, value, &SettingVisitor::text); }
  void list(const SettingRule& rule, std::vector<std::string>& value) override { keep(rule, value, &SettingVisitor::list); }
  std::vector<SettingValue> values;

 private:
  template <class T>
  void keep(const SettingRule& rule, T& value, void (SettingVisitor::*visit)(const SettingRule&, T&)) {
    SettingsEncoder encoder;
    (encoder.*visit)(rule, value);
    values.push_back({rule.key, rule.restart, std::move(encoder.bytes)});
  }
};

template <class Settings>
[[nodiscard]] std::vector<SettingValue> setting_values(const Settings& settings) {
  SettingValues visitor;
  const_cast<Settings&>(settings).visit(visitor);
  return std::move(visitor.values);
}

// The same of a struct that is known as a table only.
[[nodiscard]] inline std::vector<SettingValue> setting_values(const SettingTable& table) {
  SettingValues visitor;
  table.visit(table.settings, visitor);
  return std::move(visitor.values);
}

// Keys whose change waits for a restart; of two structs or tables of one kind.
template <class Settings>
[[nodiscard]] std::vector<std::string> keys_needing_restart(const Settings& before, const Settings& after) {
  const auto old_values = setting_values(before), new_values = setting_values(after);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < new_values.size(); ++i) {
    if (new_values[i].restart && new_values[i].bytes != old_values[i].bytes) keys.push_back(new_values[i].key);
  }
  return keys;
}

// `after`, with what waits for a restart left as it is in `before`.
template <class Settings>
[[nodiscard]] Settings without_restart(const Settings& before, const Settings& after) {
  const auto old_values = setting_values(before), new_values = setting_values(after);
  std::string bytes;
  for (std::size_t i = 0; i < new_values.size(); ++i) bytes += (new_values[i].restart ? old_values : new_values)[i].bytes;
  Settings settings = before;
  return decode_settings(bytes, settings) ? settings : before;
}

}  // namespace courier
