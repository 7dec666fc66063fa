// Limits of one command, so that nobody makes the server work or remember without end.
#pragma once

#include <cstddef>
#include <cstdint>

namespace courier::imap {

struct Limits {
  std::size_t command = 65'536;       // bytes of one command with its literals; the message of APPEND is not counted
  std::size_t search_keys = 1'000;    // in one SEARCH
  std::size_t search_depth = 50;      // parentheses, NOT and OR inside one another
  std::size_t fetch_items = 200;      // in one FETCH
  std::size_t header_fields = 500;    // names in one HEADER.FIELDS
  std::size_t keywords = 200;         // in one list of flags
  std::size_t literals = 200;         // in one command
  std::size_t section_depth = 100;    // numbers in "1.2.3"
};

}  // namespace courier::imap
