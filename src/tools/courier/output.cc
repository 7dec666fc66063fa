#include "tools/courier/output.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "base/codec.h"

namespace courier::tool {

namespace {

namespace json = boost::json;

// Columns on a terminal: UTF-8 continuation bytes take none.
std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return columns;
}

std::string plain(const json::value& value) {
  if (value.is_string()) return short_time(value.get_string());
  if (value.is_null()) return "-";
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (const json::array* list = value.if_array()) {
    std::string out;
    for (const json::value& item : *list) out += (out.empty() ? "" : ", ") + plain(item);
    return out;
  }
  if (const json::object* object = value.if_object()) {
    std::string out;
    for (const auto& [key, item] : *object) out += (out.empty() ? "" : ", ") + std::string(key) + " " + plain(item);
    return out;
  }
  return json::serialize(value);
}

std::string cell(const json::value& value, const Column& column) {
  if (value.is_null()) return column.null;
  if (column.form == Column::Form::Plain || !value.is_number()) return plain(value);
  const auto number = value.to_number<std::int64_t>();
  return column.form == Column::Form::Limit && number == 0 ? "-" : short_size(number);
}

std::string table(const json::array& list, const View& view) {
  std::vector<Column> columns = view.columns;
  const json::object* first = list.front().if_object();
  if (first == nullptr) {
    std::string out;
    for (const json::value& item : list) out += plain(item) + "\n";
    return out;
  }
  if (columns.empty()) {
    for (const auto& [key, value] : *first) columns.push_back({key.data(), key.data()});
  }
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : columns) rows[0].emplace_back(column.title);
  for (const json::value& item : list) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const Column& column : columns) {
      const json::value* found = item.is_object() ? item.get_object().if_contains(column.key) : nullptr;
      row.push_back(found == nullptr ? "" : cell(*found, column));
    }
  }
  return align(rows);
}

bool is_table(const json::value& value) { return value.is_array() && !value.get_array().empty() && value.get_array().front().is_object(); }

// Single values first, then each list of objects as a table of its own.
std::string sheet(const json::object& object, const View& view) {
  std::vector<std::vector<std::string>> rows;
  std::string tables;
  for (const auto& [key, value] : object) {
    if (is_table(value)) {
      tables += "\n" + std::string(key) + ":\n" + table(value.get_array(), {});
      continue;
    }
    const auto column = std::ranges::find_if(view.columns, [&key](const Column& c) { return key == c.key; });
    rows.push_back({std::string(key) + ":", cell(value, column == view.columns.end() ? Column{} : *column)});
  }
  return align(rows) + tables;
}

}  // namespace

std::string short_size(std::int64_t bytes) {
  static constexpr char letters[] = {'K', 'M', 'G', 'T'};
  if (bytes < 1024) return std::to_string(bytes);
  double amount = static_cast<double>(bytes);
  int unit = -1;
  while (amount >= 1024 && unit < 3) amount /= 1024, ++unit;
  char text[32];
  (void)std::snprintf(text, sizeof text, amount < 10 ? "%.1f%c" : "%.0f%c", amount, letters[unit]);
  return text;
}

std::string short_time(std::string_view time) {
  // "YYYY-MM-DDThh:mm:ss": 19 characters.
  if (time.size() < 20 || time[10] != 'T' || time.back() != 'Z') return std::string(time);
  if (time.starts_with("1970-01-01T00:00:00")) return "-";
  return std::string(time.substr(0, 10)) + " " + std::string(time.substr(11, 8));
}

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string render(std::string_view text, const View& view) {
  std::string nothing = *view.empty == '\0' ? "" : std::string(view.empty) + "\n";
  if (text.empty()) return nothing;
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error) return std::string(text) + "\n";
  if (value.is_null()) return nothing;
  if (const json::array* list = value.if_array()) return list->empty() ? nothing : table(*list, view);
  if (const json::object* object = value.if_object()) return object->empty() ? nothing : sheet(*object, view);
  return plain(value) + "\n";
}

int print_error(const Invocation& invocation, int status, const std::string& text) {
  if (invocation.json()) {
    (void)std::printf("{\"error\":%s,\"status\":%d}\n", json_string(text).c_str(), status);
  } else {
    (void)std::fprintf(stderr, "courier: %s\n", text.c_str());
  }
  return status;
}

int print_answer(const Invocation& invocation, const control::Answer& answer, const View& view) {
  if (answer.status != 0) return print_error(invocation, answer.status, answer.error);
  if (invocation.json()) {
    (void)std::printf("%s\n", answer.json.empty() ? "null" : answer.json.c_str());
  } else {
    (void)std::fputs(render(answer.json, view).c_str(), stdout);
  }
  return 0;
}

}  // namespace courier::tool
