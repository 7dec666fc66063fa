#include "settings/toml.h"

#define TOML_HEADER_ONLY 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace courier {

namespace {

const char* type_name(toml::node_type type) {
  switch (type) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time of day";
    case toml::node_type::date_time: return "a date and time";
    case toml::node_type::none: break;
  }
  return "nothing";
}

TomlValue to_value(const toml::node& node) {
  TomlValue value;
  value.type = type_name(node.type());
  if (const auto* flag = node.as_boolean()) {
    value.kind = TomlValue::Kind::Flag;
    value.flag = flag->get();
  } else if (const auto* number = node.as_integer()) {
    value.kind = TomlValue::Kind::Number;
    value.number = number->get();
  } else if (const auto* text = node.as_string()) {
    value.kind = TomlValue::Kind::Text;
    value.text = text->get();
  } else if (const auto* list = node.as_array()) {
    value.kind = TomlValue::Kind::List;
    for (const toml::node& item : *list) value.items.push_back(to_value(item));
  }
  return value;
}

void flatten(const toml::table& table, const std::string& name, TomlDocument& document) {
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    if (const toml::table* inner = node.as_table()) {
      const std::string path = name.empty() ? word : name + "." + word;
      document.heads.push_back({path, static_cast<int>(node.source().begin.line)});
      flatten(*inner, path, document);
    } else {
      document.entries.push_back({name, word, static_cast<int>(key.source().begin.line), to_value(node)});
    }
  }
}

}  // namespace

Result<TomlDocument, TomlError> parse_toml(std::string_view text) {
  try {
    const toml::table root = toml::parse(text);
    TomlDocument document;
    flatten(root, "", document);
    std::ranges::sort(document.heads, {}, [](const TomlHead& head) { return std::tie(head.line, head.table); });
    std::ranges::sort(document.entries, {}, [](const TomlEntry& entry) { return std::tie(entry.line, entry.key); });
    return document;
  } catch (const toml::parse_error& error) {
    // "Error while parsing key-value pair: expected ...": where it was in the grammar says nothing to an administrator.
    std::string_view what = error.description();
    if (const auto colon = what.find(": "); colon != what.npos && what.starts_with("Error while ")) what.remove_prefix(colon + 2);
    return fail(TomlError{static_cast<int>(error.source().begin.line), std::string(what)});
  }
}

std::string toml_string(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace courier
