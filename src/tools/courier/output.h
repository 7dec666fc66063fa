// What a command prints: a table for people, or the JSON itself with --json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/control.h"
#include "tools/courier/command.h"

namespace courier::tool {

struct Column {
  const char* key;    // in the JSON object
  const char* title;
  // Size: bytes as "12K"; Limit: the same, 0 is none; Age: microseconds since 1970 as "5m ago".
  enum class Form { Plain, Size, Limit, Age } form = Form::Plain;
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

// Rows with their columns under each other; the first row is the head.
[[nodiscard]] std::string align(const std::vector<std::vector<std::string>>& rows);

}  // namespace courier::tool
