#include "store/maildir/quota.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "store/maildir/maildir.h"
#include "store/maildir/message_name.h"

namespace courier::store {

namespace {

constexpr std::uint64_t kMaxFile = 5120;      // beyond it the file is rewritten
constexpr Duration kRecheck = minutes(15);    // how long "over quota" is believed
constexpr int kMaxRecounts = 5;

std::string pad(std::int64_t number) {
  std::string text = std::to_string(number);
  return text.size() < 12 ? std::string(12 - text.size(), ' ') + text : text;
}

// "     1843200          311\n"
std::string data_line(const QuotaTotals& totals) { return pad(totals.bytes) + " " + pad(totals.messages) + "\n"; }

std::optional<std::int64_t> take_number(std::string_view& line) {
  while (!line.empty() && (line[0] == ' ' || line[0] == '\t')) line.remove_prefix(1);
  std::size_t end = 0;
  while (end < line.size() && line[end] != ' ' && line[end] != '\t' && line[end] != '\r') ++end;
  const auto number = to_i64(line.substr(0, end));
  line.remove_prefix(end);
  return number;
}

bool within(const QuotaLimits& limits, const QuotaTotals& totals, std::int64_t bytes, std::int64_t messages) {
  const auto below = [](std::int64_t used, std::int64_t more, std::uint64_t limit) {
    return limit == 0 || used + more <= static_cast<std::int64_t>(limit);
  };
  return below(totals.bytes, bytes, limits.bytes) && below(totals.messages, messages, limits.messages);
}

}  // namespace

QuotaLimits parse_quota(std::string_view text) {
  QuotaLimits limits;
  while (!text.empty()) {
    while (!text.empty() && !ascii_digit(text[0])) text.remove_prefix(1);
    std::size_t digits = 0;
    while (digits < text.size() && ascii_digit(text[digits])) ++digits;
    const auto number = to_u64(text.substr(0, digits));
    text.remove_prefix(digits);
    if (!number || text.empty()) continue;
    if (text[0] == 'S') limits.bytes = *number;
    if (text[0] == 'C') limits.messages = *number;
  }
  return limits;
}

std::string write_quota(const QuotaLimits& limits) {
  std::string text;
  if (limits.bytes != 0) text += std::to_string(limits.bytes) + "S";
  if (limits.messages != 0) text += (text.empty() ? "" : ",") + std::to_string(limits.messages) + "C";
  return text;
}

bool counts(const FolderName& folder, std::string_view file_name) {
  return folder.path() != "Trash" && !flags_of(file_name).has(Flag::Deleted);
}

Quota::Quota(Disk& disk, std::string root, QuotaLimits limits, std::string unique)
    : disk_(disk), root_(std::move(root)), file_(root_ + "/maildirsize"), limits_(limits), unique_(std::move(unique)) {}

std::optional<Quota::Read> Quota::read() {
  auto file = disk_.open(file_, OpenMode::Read);
  if (!file) return std::nullopt;
  std::string text(kMaxFile, '\0');
  const auto got = (*file)->read_at(0, text);
  const auto facts = (*file)->facts();
  if (!got || !facts) return std::nullopt;
  text.resize(*got);
  Read result;
  result.modified = facts->modified;
  const std::vector<std::string_view> lines = split(text, '\n');
  result.limits = parse_quota(lines[0]);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    const auto bytes = take_number(line);
    const auto messages = take_number(line);
    if (!bytes || !messages) continue;
    result.totals.bytes += *bytes;
    result.totals.messages += *messages;
    ++result.lines;
  }
  result.trusted = facts->size < kMaxFile && result.totals.bytes >= 0 && result.totals.messages >= 0;
  return result;
}

std::optional<Quota::Read> Quota::read_or_make(WallTime now) {
  if (no_file_) return std::nullopt;
  auto file = read();
  no_file_ = !file && limits_.none();
  const bool redefined = !limits_.none() && (!file || file->limits != limits_);
  if (!redefined && (!file || file->trusted)) return file;
  recalculate(now);
  return read();
}

bool Quota::allows(std::int64_t bytes, std::int64_t messages, WallTime now) {
  auto file = read_or_make(now);
  if (!file || within(file->limits, file->totals, bytes, messages)) return true;
  // A fresh count that nobody added to since is believed for a while.
  if (file->lines <= 1 && now - file->modified < kRecheck) return false;
  recalculate(now);
  file = read();
  return !file || within(file->limits, file->totals, bytes, messages);
}

void Quota::add(std::int64_t bytes, std::int64_t messages, WallTime now) {
  if (no_file_ || (bytes == 0 && messages == 0)) return;
  if (!limits_.none() && !exists(disk_, file_)) return recalculate(now);  // what was added is counted with the rest
  if (limits_.none() && !exists(disk_, file_)) return;
  auto file = disk_.open(file_, OpenMode::Append);
  if (file) (void)(*file)->write_at(0, data_line({.bytes = bytes, .messages = messages}));
}

WallTime Quota::newest_change(const std::vector<FolderName>& folders) {
  WallTime newest;
  for (const FolderName& folder : folders) {
    for (const Place place : {Place::New, Place::Cur}) {
      const auto facts = disk_.facts(folder_path(root_, folder) + "/" + to_string(place));
      if (facts) newest = std::max(newest, facts->modified);
    }
  }
  return newest;
}

QuotaTotals Quota::count_all(const std::vector<FolderName>& folders) {
  QuotaTotals totals;
  for (const FolderName& folder : folders) {
    const std::string path = folder_path(root_, folder);
    const auto files = list_messages(disk_, path);
    if (!files) continue;  // removed meanwhile
    for (const MessageFile& message : *files) {
      if (!counts(folder, message.name)) continue;
      auto size = size_of(message.name);
      if (!size) {
        const auto facts = disk_.facts(file_path(path, message.place, message.name));
        if (!facts) continue;
        size = facts->size;
      }
      totals.bytes += static_cast<std::int64_t>(*size);
      ++totals.messages;
    }
  }
  return totals;
}

bool Quota::write_new(const QuotaLimits& limits, const QuotaTotals& totals, WallTime now) {
  const std::string tmp = root_ + "/tmp/" + std::to_string(now.seconds()) + "." + unique_ + "_NeWmAiLdIrSiZe";
  auto file = disk_.open(tmp, OpenMode::CreateNew);
  if (!file) return false;
  const bool written = (*file)->write_at(0, write_quota(limits) + "\n" + data_line(totals)).has_value() && (*file)->close().has_value();
  if (written && disk_.rename(tmp, file_)) return true;
  (void)disk_.unlink(tmp);
  return false;
}

void Quota::recalculate(WallTime now) {
  const auto old = read();
  const QuotaLimits limits = !limits_.none() || !old ? limits_ : old->limits;
  if (limits.none() && !old) return;
  auto folders = list_folders(disk_, root_);
  if (!folders) return;
  folders->push_back(FolderName());
  for (int round = 0; round < kMaxRecounts; ++round) {
    const WallTime before = newest_change(*folders);
    if (!write_new(limits, count_all(*folders), now)) return;
    // Delivered to while we counted: the count may lack it, or hold it twice once the other appends its line.
    if (newest_change(*folders) == before) return;
  }
}

std::optional<Quota::Use> Quota::use(WallTime now) {
  const auto file = read_or_make(now);
  if (!file || file->limits.none()) return std::nullopt;
  return Use{.limits = file->limits, .totals = file->totals};
}

}  // namespace courier::store
