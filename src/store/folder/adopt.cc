#include "store/folder/adopt.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "store/maildir/message_name.h"

namespace courier::store {

namespace {

constexpr std::uint64_t kMaxFile = 256u << 20;

std::string read(Disk& disk, const std::string& path) { return read_file(disk, path, kMaxFile).value_or(std::string()); }

// The text up to the first `separator`; the rest goes to `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view result = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return result;
}

void finish(Adopted& adopted) {
  std::ranges::sort(adopted.messages, {}, &Adopted::One::uid);
  const auto same = std::ranges::unique(adopted.messages, {}, &Adopted::One::uid);
  adopted.messages.erase(same.begin(), same.end());
  if (!adopted.messages.empty()) adopted.uid_next = std::max(adopted.uid_next, Uid(adopted.messages.back().uid.value + 1));
  if (adopted.uid_validity.value == 0) adopted = Adopted();
}

using KeywordMap = std::map<std::string, std::vector<std::string>, std::less<>>;

// `:list`, then the newer sets in files of their own: "<base>", or ".N.<base>" of which the highest N counts.
KeywordMap courier_keywords(Disk& disk, const std::string& path) {
  const std::string folder = path + "/courierimapkeywords";
  KeywordMap keywords;
  for (auto& [base, words] : parse_courier_keywords(read(disk, folder + "/:list"))) keywords[base] = std::move(words);
  const auto entries = disk.list(folder);
  if (!entries) return keywords;
  std::map<std::string, std::pair<std::uint64_t, std::string>> updates;  // base: slot and file
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == ":list" || entry.name.starts_with(".tmp.")) continue;
    std::string_view base = entry.name;
    std::uint64_t slot = ~0ull;
    if (base.starts_with('.')) {
      base.remove_prefix(1);
      const auto number = to_u64(take(base, '.'));
      if (!number) continue;
      slot = *number;
    }
    auto& newest = updates[std::string(base)];
    if (newest.second.empty() || slot > newest.first) newest = {slot, entry.name};
  }
  for (const auto& [base, update] : updates) {
    std::vector<std::string> words;
    const std::string text = read(disk, folder + "/" + update.second);
    for (const std::string_view word : split(text, '\n')) {
      if (!word.empty()) words.emplace_back(word);
    }
    keywords[base] = std::move(words);
  }
  return keywords;
}

// A message is in cur/ under a name that tells Dovecot's keyword letters.
void add_dovecot_keywords(Disk& disk, const std::string& path, Adopted& adopted) {
  const std::string text = read(disk, path + "/dovecot-keywords");
  const std::vector<std::string> names = parse_dovecot_keywords(text);
  const auto entries = disk.list(path + "/cur");
  if (names.empty() || !entries) return;
  std::map<std::string, std::string> letters;
  for (const DirectoryEntry& entry : *entries) letters[std::string(unique_part(entry.name))] = letters_of(entry.name);
  for (Adopted::One& one : adopted.messages) {
    for (const char letter : letters[std::string(unique_part(one.file_name))]) {
      const auto index = static_cast<std::size_t>(letter - 'a');
      if (letter >= 'a' && index < names.size() && !names[index].empty()) one.keywords.push_back(names[index]);
    }
  }
}

}  // namespace

Adopted parse_courier_uiddb(std::string_view text) {
  Adopted adopted;
  const auto header = split(take(text, '\n'), ' ');
  if (header.size() < 3 || header[0] != "1") return adopted;
  adopted.uid_validity = UidValidity(to_u32(header[1]).value_or(0));
  adopted.uid_next = Uid(std::max(1u, to_u32(header[2]).value_or(1)));
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const auto uid = to_u32(take(line, ' '));
    if (!uid || *uid == 0 || line.empty()) continue;
    adopted.messages.push_back({.uid = Uid(*uid), .file_name = std::string(line), .keywords = {}, .unique_id = {}});
  }
  finish(adopted);
  return adopted;
}

// Version 3: "3 V<uidvalidity> N<next> G<guid>", then "<uid> <extension fields> :<file name>"; P is the POP3 UIDL.
// Version 1: "1 <uidvalidity> <next>", then "<uid> <file name>".
Adopted parse_dovecot_uidlist(std::string_view text) {
  Adopted adopted;
  const auto header = split(take(text, '\n'), ' ');
  const bool old = header[0] == "1";
  if (old) return parse_courier_uiddb(std::string("1 ") + join({header.begin() + 1, header.end()}, " ") + "\n" + std::string(text));
  if (header[0] != "3") return adopted;
  for (const std::string_view field : header) {
    if (field.starts_with('V')) adopted.uid_validity = UidValidity(to_u32(field.substr(1)).value_or(0));
    if (field.starts_with('N')) adopted.uid_next = Uid(std::max(1u, to_u32(field.substr(1)).value_or(1)));
  }
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    Adopted::One one;
    const auto uid = to_u32(take(line, ' '));
    while (!line.empty() && line[0] != ':') {
      const std::string_view field = take(line, ' ');
      if (field.starts_with('P')) one.unique_id = field.substr(1);
    }
    if (!uid || *uid == 0 || line.size() < 2) continue;
    one.uid = Uid(*uid);
    one.file_name = line.substr(1);
    adopted.messages.push_back(std::move(one));
  }
  finish(adopted);
  return adopted;
}

std::vector<std::pair<std::string, std::vector<std::string>>> parse_courier_keywords(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string_view name = take(text, '\n');
    if (name.empty()) break;
    names.emplace_back(name);
  }
  std::vector<std::pair<std::string, std::vector<std::string>>> result;
  while (!text.empty()) {
    const std::string_view line = take(text, '\n');
    const std::size_t colon = line.rfind(':');
    if (colon == std::string_view::npos || colon == 0) continue;
    auto& [base, words] = result.emplace_back();
    base = line.substr(0, colon);
    for (const std::string_view number : split(line.substr(colon + 1), ' ')) {
      const auto index = to_u32(number);
      if (index && *index < names.size()) words.push_back(names[*index]);
    }
  }
  return result;
}

std::vector<std::string> parse_dovecot_keywords(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const auto index = to_u32(take(line, ' '));
    if (!index || *index >= 26 || line.empty()) continue;
    if (names.size() <= *index) names.resize(*index + 1);
    names[*index] = line;
  }
  return names;
}

// "/3 <next> <uidv>", then "<file name> <size> <n>:<uidv>:<utf8>"; version 2 lacks ":utf8". A uidv of 0 is left out of the UIDL.
std::vector<std::pair<std::string, std::string>> parse_courier_pop3_list(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> result;
  const std::string_view header = take(text, '\n');
  if (!header.starts_with("/3 ") && !header.starts_with("/2 ")) return result;
  while (!text.empty()) {
    const std::string_view line = take(text, '\n');
    const std::size_t last = line.rfind(' ');
    const std::size_t size = last == std::string_view::npos || last == 0 ? std::string_view::npos : line.rfind(' ', last - 1);
    if (size == std::string_view::npos) continue;
    const auto ids = split(line.substr(last + 1), ':');
    const auto number = to_u64(ids[0]);
    const auto validity = ids.size() > 1 ? to_u64(ids[1]) : std::nullopt;
    if (!number || !validity) continue;
    std::string id = "UID" + std::to_string(*number);
    if (*validity != 0) id += "-" + std::to_string(*validity);
    result.emplace_back(line.substr(0, size), std::move(id));
  }
  return result;
}

Adopted Adopted::read(Disk& disk, const std::string& path) {
  Adopted adopted = parse_courier_uiddb(store::read(disk, path + "/courierimapuiddb"));
  if (adopted.uid_validity.value != 0) {
    const KeywordMap keywords = courier_keywords(disk, path);
    for (One& one : adopted.messages) {
      const auto place = keywords.find(base_of(one.file_name));
      if (place != keywords.end()) one.keywords = place->second;
    }
  } else {
    adopted = parse_dovecot_uidlist(store::read(disk, path + "/dovecot-uidlist"));
    add_dovecot_keywords(disk, path, adopted);
  }
  std::map<std::string, std::string> unique_ids;
  for (auto& [name, id] : parse_courier_pop3_list(store::read(disk, path + "/courierpop3dsizelist"))) {
    unique_ids[std::string(unique_part(name))] = std::move(id);
  }
  for (One& one : adopted.messages) {
    const auto place = unique_ids.find(std::string(unique_part(one.file_name)));
    if (place == unique_ids.end()) continue;
    one.unique_id = std::move(place->second);
    unique_ids.erase(place);
  }
  adopted.unique_ids.assign(unique_ids.begin(), unique_ids.end());
  return adopted;
}

}  // namespace courier::store
