#include "runtime/log_line.h"

#include <algorithm>
#include <cstdint>

#include "base/codec.h"
#include "base/text.h"

namespace courier {

namespace {

constexpr std::size_t longest_value = 2000;

void append_hex(std::string& out, unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

// Nothing in a log line may end it or drive a terminal: control characters (C1 in UTF-8 too) are escaped.
std::string escaped(std::string_view value) {
  const bool cut = value.size() > longest_value;
  if (cut) value = value.substr(0, longest_value);
  const bool utf8 = is_utf8(value);
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto byte = static_cast<unsigned char>(value[i]);
    const bool c1 = byte == 0xC2 && i + 1 < value.size() && static_cast<unsigned char>(value[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && (!utf8 || c1))) {
      append_hex(out, byte);
      if (c1) append_hex(out, static_cast<unsigned char>(value[++i]));
    } else {
      if (byte == '"' || byte == '\\') out += '\\';
      out += value[i];
    }
  }
  if (cut) out += "...";
  return out;
}

// Printable ASCII that needs neither quotes nor escapes.
bool stands_as_it_is(std::string_view value) {
  const auto plain = [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\'; };
  return !value.empty() && value.size() <= longest_value && std::all_of(value.begin(), value.end(), plain);
}

void append_value(std::string& out, std::string_view value) {
  if (stands_as_it_is(value)) {
    out += value;
    return;
  }
  const std::string text = escaped(value);
  const bool plain = !text.empty() && text.find_first_of(" \"=\\") == std::string::npos;
  if (plain) {
    out += text;
  } else {
    out += '"';
    out += text;
    out += '"';
  }
}

void append_message(std::string& out, const LogEvent& event) {
  out += event.event;
  for (const LogField& field : event.fields) {
    out += ' ';
    out += field.key;
    out += '=';
    append_value(out, field.value);
  }
}

int syslog_priority(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return 7;
    case LogLevel::Info: return 6;
    case LogLevel::Notice: return 5;
    case LogLevel::Warning: return 4;
    case LogLevel::Error: return 3;
  }
  return 6;
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out += ',';
  out += json_string(key);
  out += ':';
  out += json_string(value);
}

void append_journal(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  if (value.find('\n') == std::string_view::npos) {
    out += '=';
  } else {
    out += '\n';
    for (std::uint64_t size = value.size(), i = 0; i < 8; ++i) out += static_cast<char>(size >> (8 * i));
  }
  out += value;
  out += '\n';
}

}  // namespace

std::string log_text(const LogEvent& event) {
  std::string out;
  out.reserve(256);
  out += rfc3339_time(event.time);
  out += ' ';
  out += to_string(event.level);
  out += ' ';
  out += event.process;
  out += '[' + std::to_string(event.pid) + "] ";
  append_message(out, event);
  out += '\n';
  return out;
}

std::string log_json(const LogEvent& event) {
  std::string out = "{\"time\":" + json_string(rfc3339_time(event.time));
  append_member(out, "level", to_string(event.level));
  append_member(out, "process", event.process);
  out += ",\"pid\":" + std::to_string(event.pid);
  append_member(out, "event", event.event);
  for (const LogField& field : event.fields) append_member(out, field.key, field.value.substr(0, longest_value));
  out += "}\n";
  return out;
}

std::string log_journal(const LogEvent& event) {
  std::string out, message;
  append_message(message, event);
  append_journal(out, "MESSAGE", message);
  append_journal(out, "PRIORITY", std::to_string(syslog_priority(event.level)));
  append_journal(out, "SYSLOG_IDENTIFIER", "courier-" + std::string(event.process));
  append_journal(out, "COURIER_EVENT", event.event);
  for (const LogField& field : event.fields) {
    std::string key = "COURIER_";
    for (const char c : field.key) key += ascii_alpha(c) || ascii_digit(c) ? ascii_upper(c) : '_';
    append_journal(out, key, field.value);
  }
  return out;
}

}  // namespace courier
