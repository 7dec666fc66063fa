// Settings as they lie on disk: courier.toml and, beside it, courier.d/*.toml in the order of their names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "settings/loader.h"
#include "settings/snapshot.h"

namespace courier {

// What the web administration writes, in courier.d. Never trusted with root_only settings, whoever owns it.
inline constexpr const char* kWebSettingsFile = "80-web.toml";

struct LoadedSettings {
  Snapshot snapshot;
  SettingPlaces places;
  std::vector<std::string> files;  // that were read, in order
};

// Reads the texts of the files. Trusted are files owned by root, or by the user this process runs as when that is not
// root, that neither group nor others may write. A missing courier.toml is a fault, a missing courier.d is not.
[[nodiscard]] Result<std::vector<SettingsText>, std::vector<SettingFault>> read_settings_files(const std::string& path);

// `path` names courier.toml. Blocks on the disk: for the start of a process and a reload, never for a session.
// Faults end a starting process with status 78 (EX_CONFIG); a running one keeps its old settings.
[[nodiscard]] Result<LoadedSettings, std::vector<SettingFault>> load_settings(const std::string& path);

}  // namespace courier
