// TOML text as a flat list of entries, in the order of the file. toml++ is included only in toml.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace courier {

struct TomlValue {
  enum class Kind { Flag, Number, Text, List, Other } kind = Kind::Other;
  bool flag = false;
  std::int64_t number = 0;
  std::string text;
  std::vector<TomlValue> items;
  const char* type = "";  // TOML's word for it: "string", "floating-point number", ... for messages
};

// `[a.b] c = 1` is table "a.b", key "c". A key outside of any table has an empty table.
struct TomlEntry {
  std::string table;
  std::string key;
  int line = 0;  // from 1
  TomlValue value;
};
// A table's head, also of an empty one: so that an unknown table is noticed by its name.
struct TomlHead {
  std::string table;
  int line = 0;
};
struct TomlDocument {
  std::vector<TomlHead> heads;
  std::vector<TomlEntry> entries;
};
struct TomlError {
  int line = 0;
  std::string text;
};

// Fails at the first fault of syntax; that is all the grammar lets one know.
[[nodiscard]] Result<TomlDocument, TomlError> parse_toml(std::string_view text);

// `text` as a TOML basic string, with its quotes (TOML 1.0, "String").
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace courier
