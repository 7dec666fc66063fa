#include "tools/courier/command.h"

namespace courier::tool {

std::vector<Option> all_options(const Command& command) {
  std::vector<Option> out = command.options;
  const auto declares = [&](std::string_view name) {
    for (const Option& option : command.options) {
      if (option.name == name) return true;
    }
    return false;
  };
  if (command.run != nullptr && command.instance) {
    if (!declares("--config")) out.push_back({"--config", "FILE", "Settings of the instance to work on"});
    if (!declares("--dir")) out.push_back({"--dir", "DIR", "Work on the sandbox in this folder"});
  }
  if (command.run != nullptr) out.push_back({"--json", "", "Answer in JSON"});
  return out;
}

std::string Invocation::value(const std::string& option, std::string otherwise) const {
  const auto found = options.find(option);
  if (found == options.end() || found->second.empty()) return otherwise;
  return found->second.back();
}

std::vector<std::string> Invocation::values(const std::string& option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

}  // namespace courier::tool
