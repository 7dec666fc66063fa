#include "base/codec.h"

#include "base/utf8.h"

namespace courier {

namespace {

void append_json_byte(std::string& out, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (byte < 0x20 || byte == 0x7F) {
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 15];
  } else {
    out += c;
  }
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      append_json_byte(out, text.front());
      text.remove_prefix(1);
    } else {
      append_utf8(out, take_utf8(text));
    }
  }
  return out += '"';
}

void JsonWriter::text(std::string_view value) { out_ += json_string(value); }

}  // namespace courier
