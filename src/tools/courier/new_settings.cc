#include "tools/courier/new_settings.h"

#include "settings/toml.h"

namespace courier::tool {

Result<std::string, std::string> setting_line(const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == assignment.npos || assignment.substr(0, equals).find('.') == assignment.npos) {
    return fail("--set takes table.key=value, not " + assignment);
  }
  const std::string key = assignment.substr(0, equals) + " = ";
  const std::string value = assignment.substr(equals + 1);
  if (parse_toml(key + value)) return key + value;
  std::string line = key + toml_string(value);
  if (const auto document = parse_toml(line); !document) return fail("--set " + assignment + ": " + document.error().text);
  return line;
}

std::string text_setting(const std::string& key, const std::string& text) { return key + " = " + toml_string(text); }

std::string list_setting(const std::string& key, const std::vector<std::string>& texts) {
  std::string items;
  for (const std::string& text : texts) items += (items.empty() ? "" : ", ") + toml_string(text);
  return key + " = [" + items + "]";
}

}  // namespace courier::tool
