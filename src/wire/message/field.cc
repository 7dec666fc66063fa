#include "wire/message/field.h"

#include "base/text.h"
#include "wire/text/chars.h"

namespace courier::message {

std::optional<RawField> take_field(std::string_view& header) {
  if (header.empty() || header[0] == '\n' || header.starts_with("\r\n")) return std::nullopt;
  std::size_t end = 0;
  do {
    end = header.find('\n', end);
    end = end == std::string_view::npos ? header.size() : end + 1;
  } while (end < header.size() && is_wsp(header[end]));
  RawField field;
  field.whole = header.substr(0, end);
  header.remove_prefix(end);
  const auto colon = field.whole.find(':');
  const std::string_view name = trim(field.whole.substr(0, colon == std::string_view::npos ? 0 : colon));
  if (name.find_first_of(" \t\r\n") == std::string_view::npos) field.name = name;
  field.value = field.whole.substr(colon == std::string_view::npos ? 0 : colon + 1);
  if (field.value.ends_with('\n')) field.value.remove_suffix(1);
  if (field.value.ends_with('\r')) field.value.remove_suffix(1);
  return field;
}

std::string unfold(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    if (c != '\r' && c != '\n') out += c;
  }
  return out;
}

}  // namespace courier::message
