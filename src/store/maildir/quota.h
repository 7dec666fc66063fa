// Quota by `maildirsize` (Maildir++), so that every tool that knows the file agrees with us. The first line is the limit, each
// further line adds bytes and messages. Voluntary and without locks: two programs that deliver at once may exceed it a little.
// Blocking; called on the account's strand (or, for one delivery batch, on the pool).
//
// What counts: all folders but .Trash, and in them every message whose flags hold no T.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "runtime/disk.h"
#include "store/maildir/folder_name.h"

namespace courier::store {

// 0: unlimited.
struct QuotaLimits {
  std::uint64_t bytes = 0, messages = 0;
  bool operator==(const QuotaLimits&) const = default;
  [[nodiscard]] bool none() const { return bytes == 0 && messages == 0; }
};
struct QuotaTotals {
  std::int64_t bytes = 0, messages = 0;
  bool operator==(const QuotaTotals&) const = default;
};

// "52428800S,20000C"; a number with another letter is skipped.
[[nodiscard]] QuotaLimits parse_quota(std::string_view text);
[[nodiscard]] std::string write_quota(const QuotaLimits& limits);

// Does a message of this folder and these flag letters count?
[[nodiscard]] bool counts(const FolderName& folder, std::string_view file_name);

class Quota {
 public:
  // `limits` are the account's; with none, the file's first line rules, and without a file there is no quota.
  // `unique` makes the names of tmp files.
  Quota(Disk& disk, std::string root, QuotaLimits limits, std::string unique);

  // Is there room for so much more? Recalculates when the file is not to be trusted, or says "over" and is older than
  // 15 minutes. A disk error counts as room: quota never stops mail because of a broken file.
  [[nodiscard]] bool allows(std::int64_t bytes, std::int64_t messages, WallTime now);
  // What happened, in one appended line. Nothing when there is no quota. Not synced: it is only an estimate.
  void add(std::int64_t bytes, std::int64_t messages, WallTime now);
  // Counts everything anew (after removing or renaming folders).
  void recalculate(WallTime now);

  struct Use {
    QuotaLimits limits;
    QuotaTotals totals;
  };
  // Nothing when there is no quota.
  [[nodiscard]] std::optional<Use> use(WallTime now);

 private:
  // The file as it is.
  struct Read {
    QuotaLimits limits;
    QuotaTotals totals;
    int lines = 0;       // data lines
    bool trusted = false;
    WallTime modified;
  };
  [[nodiscard]] std::optional<Read> read();
  [[nodiscard]] std::optional<Read> read_or_make(WallTime now);
  [[nodiscard]] QuotaTotals count_all(const std::vector<FolderName>& folders);
  [[nodiscard]] WallTime newest_change(const std::vector<FolderName>& folders);
  [[nodiscard]] bool write_new(const QuotaLimits& limits, const QuotaTotals& totals, WallTime now);

  Disk& disk_;
  std::string root_;
  std::string file_;
  QuotaLimits limits_;
  std::string unique_;
  bool no_file_ = false;  // nor a limit: there was no quota at the first look
};

}  // namespace courier::store
