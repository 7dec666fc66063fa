// Every setting with what its declaration says, as plain values: for messages, `courier config`, and generated documents.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "settings/table.h"

namespace courier {

enum class SettingType { Flag, Number, Size, Duration, Text, List };

struct SettingInfo {
  std::string table;
  std::string key;
  SettingType type = SettingType::Text;
  std::string help;
  std::string unit;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::vector<std::string> choices;
  bool restart = false;
  bool root_only = false;
  std::string value;  // now in the struct, as TOML

  [[nodiscard]] std::string name() const { return table + "." + key; }
};

// In the order of the tables and of their visit().
[[nodiscard]] std::vector<SettingInfo> describe(const SettingTables& tables);

// "whole number of recipients from 1 to 100000", "duration from 1s to 1h", "one of \"text\", \"json\"".
[[nodiscard]] std::string allowed(const SettingInfo& info);

// The candidate with the fewest changed letters, or empty when none is near enough to have been meant.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace courier
