// What a folder's state begins with when another server kept it before: Courier's courierimapuiddb, courierimapkeywords and
// courierpop3dsizelist, Dovecot's dovecot-uidlist and dovecot-keywords. Read once, when there is no journal yet; the files are left alone.
// Unreadable ones are as if they were not there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/disk.h"
#include "store/folder/types.h"

namespace courier::store {

struct Adopted {
  struct One {
    Uid uid;
    std::string file_name;
    std::vector<std::string> keywords;
    std::string unique_id;         // UIDL; empty: none
  };
  UidValidity uid_validity;        // 0: there was nothing
  Uid uid_next{1};
  std::vector<One> messages;       // ascending UIDs
  // UIDLs of messages without a UID, by file name.
  std::vector<std::pair<std::string, std::string>> unique_ids;

  // `path`: the folder's directory.
  [[nodiscard]] static Adopted read(Disk& disk, const std::string& path);
};

// --- the single files, for tests ---
[[nodiscard]] Adopted parse_courier_uiddb(std::string_view text);
[[nodiscard]] Adopted parse_dovecot_uidlist(std::string_view text);
// courierimapkeywords/:list: keywords by base name.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> parse_courier_keywords(std::string_view text);
// dovecot-keywords: the keyword of each lower-case letter, from 'a'.
[[nodiscard]] std::vector<std::string> parse_dovecot_keywords(std::string_view text);
// courierpop3dsizelist: UIDL by file name.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_courier_pop3_list(std::string_view text);

}  // namespace courier::store
