#include "settings/documents.h"

#include <utility>

#include "base/text.h"
#include "courier_paths.h"

namespace courier {

namespace {

// `text` in lines of at most `width` characters, each after `prefix`.
std::string wrap(std::string_view text, std::string_view prefix, std::size_t width) {
  std::string out;
  std::string line;
  for (const std::string_view word : split(text, ' ')) {
    if (!line.empty() && prefix.size() + line.size() + 1 + word.size() > width) {
      out.append(prefix).append(line) += '\n';
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) out.append(prefix).append(line) += '\n';
  return out;
}

std::vector<std::string> remarks(const SettingInfo& info) {
  std::vector<std::string> out;
  if (info.restart) out.emplace_back("A change waits for a restart.");
  if (info.root_only) out.emplace_back("Counts only from files that root owns.");
  return out;
}

// Defaults below this build's folders, as a distribution's package has them: the documents do not depend on the prefix.
std::string as_packaged(std::string value) {
  static constexpr std::pair<const char*, const char*> folders[] = {
      {paths::config, "/etc/courier"}, {paths::spool, "/var/spool/courier"},     {paths::state, "/var/lib/courier"},
      {paths::run, "/run/courier"},    {paths::libexec, "/usr/libexec/courier"},
  };
  for (const auto& [ours, packaged] : folders) {
    for (std::size_t at = value.find(ours); at != value.npos; at = value.find(ours, at + 1)) {
      value.replace(at, std::string_view(ours).size(), packaged);
    }
  }
  return value;
}

std::string capital(std::string text) {
  if (!text.empty()) text[0] = ascii_upper(text[0]);
  return text;
}

}  // namespace

std::string example_file(const SettingTables& defaults) {
  std::string out =
      "# courier.toml: every setting with its default. Remove the \"#\" before a setting to change it, then run\n"
      "#     courier config check && courier reload\n"
      "# Files in courier.d/*.toml are read after this one, in the order of their names; the last word counts.\n";
  const std::vector<SettingInfo> catalogue = describe(defaults);
  for (const SettingTable& table : defaults) {
    out += "\n\n" + wrap(table.help, "# ", 118) + "[" + table.name + "]\n";
    for (const SettingInfo& info : catalogue) {
      if (info.table != table.name) continue;
      out += "\n" + wrap(info.help, "# ", 118);
      out += wrap(capital(allowed(info)) + ". " + join(remarks(info), " "), "# ", 118);
      out += "#" + info.key + " = " + as_packaged(info.value) + "\n";
    }
  }
  return out;
}

std::string reference_manual(const SettingTables& defaults) {
  std::string out =
      "# Settings\n\n"
      "Every setting of `courier.toml` and `courier.d/*.toml`. This file is generated from the declarations in `src/settings`\n"
      "(`courier config generate manual`).\n\n"
      "Files are read in order: `courier.toml`, then `courier.d/*.toml` by name; the last word counts. `courier config check`\n"
      "names file, line and key of every fault and what is allowed. Sizes are bytes or \"64K\", \"10M\", \"2G\" (powers of 1024);\n"
      "durations are seconds or \"90s\", \"5m\", \"4h\", \"1d\", \"1w\", \"1h30m\".\n\n"
      "*Restart* marks settings whose change waits for a restart; all others take effect with `courier reload`. *Root's files*\n"
      "marks settings that name programs, users, paths, sockets or listeners: they count only from files that root owns (in an\n"
      "unprivileged instance: that the user who runs it owns) and nobody else may write. Folders are shown as a package installs\n"
      "them; `courier config show` has those of this installation.\n";
  const std::vector<SettingInfo> catalogue = describe(defaults);
  for (const SettingTable& table : defaults) {
    out += std::string("\n## [") + table.name + "]\n\n" + wrap(table.help, "", 118);
    for (const SettingInfo& info : catalogue) {
      if (info.table != table.name) continue;
      out += "\n### " + info.key + "\n\n" + wrap(info.help, "", 118) + "\n";
      out += "- Default: `" + as_packaged(info.value) + "`\n- Allowed: " + allowed(info) + "\n";
      if (info.restart) out += "- Restart\n";
      if (info.root_only) out += "- Root's files\n";
    }
  }
  return out;
}

std::string explain_setting(const SettingInfo& info) {
  std::string out = info.name() + "\n\n" + wrap(info.help, "  ", 100) + "\n";
  out += "  Allowed:  " + allowed(info) + "\n";
  for (const std::string& remark : remarks(info)) out += "  " + remark + "\n";
  return out;
}

}  // namespace courier
