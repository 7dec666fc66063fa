// What is generated from the declarations: the example file, the reference manual, and the answer of `courier config explain`.
#pragma once

#include <string>

#include "settings/catalogue.h"

namespace courier {

// courier.toml with every setting at its default, commented out, with its help.
[[nodiscard]] std::string example_file(const SettingTables& defaults);
// docs/settings.md
[[nodiscard]] std::string reference_manual(const SettingTables& defaults);
// One setting for a terminal, several lines.
[[nodiscard]] std::string explain_setting(const SettingInfo& info);

}  // namespace courier
