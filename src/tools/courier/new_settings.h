// Settings given on a command line, and the first courier.toml of an instance.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace courier::tool {

// One "table.key = value" a line, as TOML has it.
using SettingLines = std::vector<std::string>;

// "smtpd.max_recipients=5" as a line of TOML. The value is TOML, or a bare word that is taken as text ("10M", "json").
// The error names what is wrong with it.
[[nodiscard]] Result<std::string, std::string> setting_line(const std::string& assignment);

// `table.key = "text"`
[[nodiscard]] std::string text_setting(const std::string& key, const std::string& text);
[[nodiscard]] std::string list_setting(const std::string& key, const std::vector<std::string>& texts);

}  // namespace courier::tool
