// From the text of courier.toml and courier.d/*.toml to settings structs, with every fault named at its place.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "settings/table.h"

namespace courier {

struct SettingFault {
  std::string file;
  int line = 0;      // 0: the file as a whole
  std::string key;   // "smtpd.max_recipients", a table's name, or empty
  std::string text;  // what is wrong and what is allowed
};
// "courier.toml:12: smtpd.max_recipients: ..."
[[nodiscard]] std::string to_text(const SettingFault& fault);

struct SettingsText {
  std::string file;     // for messages
  std::string text;
  bool trusted = true;  // may set what is root_only
  std::string why_not = {};  // with !trusted: the reason, for the message
};

struct SettingPlace {
  std::string file;
  int line = 0;
};
// Where each setting that is not at its default was set: "smtpd.max_recipients" -> file and line.
using SettingPlaces = std::map<std::string, SettingPlace>;

// Applies the files in their order, later ones win. All faults of all files are reported together, in order; with any
// fault the structs behind `tables` hold an undefined mixture and are to be thrown away.
[[nodiscard]] Result<SettingPlaces, std::vector<SettingFault>> apply_settings(const SettingTables& tables,
                                                                              const std::vector<SettingsText>& files);

}  // namespace courier
