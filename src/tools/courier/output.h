// What a command prints: a table for people, or the JSON itself with --json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/control.h"
#include "tools/courier/command.h"

namespace courier::tool {

struct Column {
  const char* key = "";  // in the JSON object
  const char* title = "";
  // Size: bytes as "12K"; Limit: the same, 0 is none. Times are shortened wherever they stand.
  enum class Form { Plain, Size, Limit } form = Form::Plain;
  const char* null = "-";  // what stands for null
};

struct View {
  std::vector<Column> columns = {};  // of a list of objects; none: every key of the first
  const char* empty = "";            // said for an empty list or an empty answer
};

// `json` as a table, as "key: value" lines, or as plain text, by its kind.
[[nodiscard]] std::string render(std::string_view json, const View& view);

// Prints the answer as the invocation wants it, errors to stderr; returns its exit status.
int print_answer(const Invocation& invocation, const control::Answer& answer, const View& view = {});
// "courier: TEXT" on stderr, or {"error": TEXT} with --json; returns `status`.
int print_error(const Invocation& invocation, int status, const std::string& text);

// Bytes as "512", "12K", "1.5M".
[[nodiscard]] std::string short_size(std::int64_t bytes);
// "2026-01-05T10:00:01.123456Z" (RFC 3339) as "2026-01-05 10:00:01", in UTC as it came; other text as it stands.
[[nodiscard]] std::string short_time(std::string_view time);

// Rows with their columns under each other; the first row is the head.
[[nodiscard]] std::string align(const std::vector<std::vector<std::string>>& rows);

}  // namespace courier::tool
