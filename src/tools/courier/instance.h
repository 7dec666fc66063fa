// Which instance a command works on, and how it is reached.
#pragma once

#include <optional>
#include <string>

#include "settings/files.h"
#include "tools/courier/command.h"
#include "tools/courier/control_client.h"

namespace courier::tool {

// --config FILE, else DIR/etc/courier.toml of --dir DIR, else the installed server's. Absolute.
[[nodiscard]] std::string config_path(const Invocation& invocation);

// The settings or their faults. A sandbox is its owner's affair: root that names one with --dir becomes its owner first, for good,
// so that nothing in it, links and settings of programs included, acts with root's rights.
[[nodiscard]] Result<LoadedSettings, std::vector<SettingFault>> load_instance(const Invocation& invocation);
// The same; nothing after the faults were printed (the command ends with EX_CONFIG).
[[nodiscard]] std::optional<LoadedSettings> instance_settings(const Invocation& invocation);

// Where the instance with these settings listens for commands.
[[nodiscard]] std::string control_path(const LoadedSettings& settings);
// The same, read from the settings as they lie there, which may have faults; the error as with connect_instance().
[[nodiscard]] Result<std::string, control::Answer> find_control(const Invocation& invocation);

// The running instance, also when its settings have faults now. The error: 69 (EX_UNAVAILABLE) when it does not run, 77 (EX_NOPERM) when we
// may not ask, 78 (EX_CONFIG) when its settings cannot be read at all.
[[nodiscard]] Result<ControlClient, control::Answer> connect_instance(const Invocation& invocation);
[[nodiscard]] control::Answer ask_instance(const Invocation& invocation, const std::string& verb,
                                           const std::vector<std::string>& arguments);

// The folder of the daemons: ../libexec/courier beside this program (a build folder, a copy), else the installed one.
[[nodiscard]] std::string libexec_folder();

}  // namespace courier::tool
