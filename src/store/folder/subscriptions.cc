#include "store/folder/subscriptions.h"

#include <cerrno>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace courier::store {

namespace {

constexpr std::uint64_t kMaxFile = 16u << 20;
constexpr std::string_view kPrefix = "INBOX.";

std::string line_of(const FolderName& name) { return name.is_inbox() ? "INBOX" : std::string(kPrefix) + name.path(); }

// Nothing for shared folders and whatever else is not below INBOX.
std::optional<FolderName> folder_of(std::string_view line) {
  line = trim(line);
  if (iequals(line, "INBOX")) return FolderName();
  if (!istarts_with(line, kPrefix)) return std::nullopt;
  return FolderName::parse(line.substr(kPrefix.size()));
}

void sort_unique(std::vector<FolderName>& names) {
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
}

// The text of our file, made from Dovecot's when there is none.
DiskResult<std::string> current_text(Disk& disk, const std::string& root) {
  auto text = read_file(disk, root + "/courierimapsubscribed", kMaxFile);
  if (text || text.error().os_error != ENOENT) return text;
  const auto dovecot = read_file(disk, root + "/subscriptions", kMaxFile);
  std::string made;
  if (dovecot) {
    for (const FolderName& name : parse_dovecot_subscriptions(*dovecot)) made += line_of(name) + "\n";
  }
  return made;
}

}  // namespace

std::vector<FolderName> parse_courier_subscriptions(std::string_view text) {
  std::vector<FolderName> names;
  for (const std::string_view line : split(text, '\n')) {
    if (auto name = folder_of(line)) names.push_back(std::move(*name));
  }
  sort_unique(names);
  return names;
}

// Version 2 begins with "V<TAB>2" and an empty line and separates levels by TAB; version 1 is plain lines with dots. Names may or may
// not have the INBOX prefix, by that server's settings.
std::vector<FolderName> parse_dovecot_subscriptions(std::string_view text) {
  std::vector<FolderName> names;
  const bool tabs = text.starts_with("V\t2\n");
  if (tabs) text.remove_prefix(4);
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    std::string path(line);
    if (tabs) std::ranges::replace(path, '\t', '.');
    auto name = folder_of(path);
    if (!name) name = FolderName::parse(path);
    if (name) names.push_back(std::move(*name));
  }
  sort_unique(names);
  return names;
}

DiskResult<std::vector<FolderName>> read_subscriptions(Disk& disk, const std::string& root) {
  const auto text = current_text(disk, root);
  if (!text) return fail(text.error());
  return parse_courier_subscriptions(*text);
}

DiskResult<void> change_subscription(Disk& disk, const std::string& root, const FolderName& name, bool subscribed) {
  const auto text = current_text(disk, root);
  if (!text) return fail(text.error());
  std::string changed;
  bool there = false;
  for (const std::string_view line : split(*text, '\n')) {
    if (line.empty()) continue;
    const bool same = folder_of(line) == name;
    if (same && (!subscribed || there)) continue;
    there = there || same;
    changed += line;
    changed += '\n';
  }
  if (subscribed && !there) changed += line_of(name) + "\n";
  if (changed == *text) return {};
  return replace_file(disk, root + "/courierimapsubscribed", changed);
}

}  // namespace courier::store
