// courier config check | show | explain | generate
#include <sysexits.h>

#include <cstdio>

#include "base/codec.h"
#include "settings/catalogue.h"
#include "settings/documents.h"
#include "settings/files.h"
#include "tools/courier/actions.h"
#include "tools/courier/instance.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

int print_faults(const Invocation& invocation, const std::vector<SettingFault>& faults) {
  if (!invocation.json()) {
    for (const SettingFault& fault : faults) (void)std::fprintf(stderr, "%s\n", to_text(fault).c_str());
    return EX_CONFIG;
  }
  std::string out = "{\"faults\":[";
  for (const SettingFault& fault : faults) {
    if (&fault != &faults.front()) out += ",";
    out += "{\"file\":" + json_string(fault.file) + ",\"line\":" + std::to_string(fault.line) + ",\"key\":" + json_string(fault.key) +
           ",\"text\":" + json_string(fault.text) + "}";
  }
  (void)std::printf("%s]}\n", out.c_str());
  return EX_CONFIG;
}

// Settings whose table or name begins with what was asked for; all when nothing was.
bool wanted(const Invocation& invocation, const SettingInfo& info) {
  const std::string asked = invocation.argument(0);
  return asked.empty() || asked == info.table || asked == info.key || asked == info.name();
}

int no_such_setting(const Invocation& invocation, const std::vector<SettingInfo>& catalogue) {
  std::vector<std::string> names;
  for (const SettingInfo& info : catalogue) names.push_back(info.name()), names.push_back(info.key);
  const std::string asked = invocation.argument(0);
  const std::string meant = nearest(asked, names);
  return print_error(invocation, EX_USAGE, "there is no setting " + asked + (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

std::string json_of(const SettingInfo& info) {
  return "{\"name\":" + json_string(info.name()) + ",\"value\":" + json_string(info.value) + ",\"allowed\":" + json_string(allowed(info)) +
         ",\"help\":" + json_string(info.help) + ",\"restart\":" + (info.restart ? "true" : "false") +
         ",\"root_only\":" + (info.root_only ? "true" : "false") + "}";
}

}  // namespace

int config_check(const Invocation& invocation) {
  const auto loaded = load_instance(invocation);
  if (!loaded) return print_faults(invocation, loaded.error());
  if (invocation.json()) {
    (void)std::printf("{\"faults\":[]}\n");
  } else {
    for (const std::string& file : loaded->files) (void)std::printf("%s: ok\n", file.c_str());
  }
  return EX_OK;
}

int config_show(const Invocation& invocation) {
  auto loaded = load_instance(invocation);
  if (!loaded) return print_faults(invocation, loaded.error());
  const std::vector<SettingInfo> catalogue = describe(loaded->snapshot.tables());
  std::vector<std::vector<std::string>> rows;
  std::string json;
  for (const SettingInfo& info : catalogue) {
    if (!wanted(invocation, info)) continue;
    const auto place = loaded->places.find(info.name());
    const bool is_default = place == loaded->places.end();
    const std::string from = is_default ? "default" : place->second.file + ":" + std::to_string(place->second.line);
    rows.push_back({info.name(), "= " + info.value, "# " + from});
    json += (json.empty() ? "" : ",") + json_string(info.name()) + ":{\"value\":" + json_string(info.value) +
            ",\"from\":" + json_string(from) + "}";
  }
  if (rows.empty()) return no_such_setting(invocation, catalogue);
  (void)std::fputs(invocation.json() ? ("{" + json + "}\n").c_str() : align(rows).c_str(), stdout);
  return EX_OK;
}

int config_explain(const Invocation& invocation) {
  Snapshot defaults;
  const std::vector<SettingInfo> catalogue = describe(defaults.tables());
  std::string text;
  std::string json;
  for (const SettingInfo& info : catalogue) {
    if (!wanted(invocation, info)) continue;
    text += (text.empty() ? "" : "\n") + explain_setting(info) + "  Default:  " + info.value + "\n";
    json += (json.empty() ? "" : ",") + json_of(info);
  }
  if (text.empty()) return no_such_setting(invocation, catalogue);
  (void)std::fputs(invocation.json() ? ("[" + json + "]\n").c_str() : text.c_str(), stdout);
  return EX_OK;
}

int config_generate(const Invocation& invocation) {
  Snapshot defaults;
  const SettingTables tables = defaults.tables();
  const std::string text = invocation.argument(0) == "example" ? example_file(tables) : reference_manual(tables);
  (void)std::fputs(text.c_str(), stdout);
  return EX_OK;
}

}  // namespace courier::tool
