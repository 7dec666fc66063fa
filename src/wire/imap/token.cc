#include "wire/imap/token.h"

#include <algorithm>

#include "base/text.h"
#include "wire/text/chars.h"

namespace courier::imap {

// RFC 3501, section 9: ATOM-CHAR = any CHAR except atom-specials
bool is_atom_char(char c) { return !is_ctl(c) && !is_8bit(c) && std::string_view("(){ %*\"\\]").find(c) == std::string_view::npos; }
bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }

void Tokens::fail(const char* expected) {
  if (failed_) return;
  failed_ = true;
  error_ = in_.expected(expected);
}

void Tokens::need(char c, const char* expected) {
  if (!failed_ && !in_.take(c)) fail(expected);
}

void Tokens::end() {
  if (!failed_ && !in_.at_end()) fail("end of the command");
}

std::string Tokens::atom() { return std::string(word(is_atom_char, "atom")); }

std::string Tokens::astring() {
  if (peek() == '"' || peek() == '{') return string();
  return std::string(word(is_astring_char, "atom or string"));
}

std::string Tokens::string() {
  if (peek() == '"') return quoted();
  if (peek() == '{') return literal();
  fail("string");
  return {};
}

std::optional<std::string> Tokens::nstring() {
  if (peek() == '"' || peek() == '{') return string();
  if (!take_word("NIL")) fail("string or NIL");
  return std::nullopt;
}

// RFC 3501, section 9: quoted = DQUOTE *QUOTED-CHAR DQUOTE. Bytes above 127 are let through (UTF-8 of RFC 6855).
std::string Tokens::quoted() {
  std::string out;
  need('"', "quote");
  while (ok() && !take('"')) {
    const bool escaped = take('\\');
    const char c = peek();
    if (at_end() || c == '\0' || c == '\r' || c == '\n' || (escaped && c != '"' && c != '\\')) {
      fail("character of a quoted string");
      break;
    }
    out += in_.take_bytes(1);
  }
  return ok() ? out : std::string();
}

// RFC 3501, section 9: literal = "{" number "}" CRLF *CHAR8; RFC 7888: "{" number "+}"
std::string Tokens::literal() {
  need('{', "literal");
  const std::uint32_t size = number();
  static_cast<void>(take('+'));
  need('}', "}");
  static_cast<void>(take('\r'));
  need('\n', "line end after a literal's size");
  if (!ok() || in_.rest().size() < size) {
    fail("literal");
    return {};
  }
  const std::string_view bytes = in_.rest().substr(0, size);
  if (bytes.find('\0') != std::string_view::npos) {
    fail("literal without NUL");
    return {};
  }
  return std::string(in_.take_bytes(size));
}

std::uint32_t Tokens::number() {
  if (failed_) return 0;
  const Cursor before = in_;
  const auto value = to_u32(in_.take_while(ascii_digit));
  if (value) return *value;
  in_ = before;
  fail("number");
  return 0;
}

std::uint32_t Tokens::nz_number() {
  if (peek() == '0') fail("number above 0");
  return number();
}

std::optional<LiteralMark> literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  LiteralMark mark{.length = line.size() - open};
  std::string_view digits = line.substr(open + 1, mark.length - 2);
  if (digits.ends_with('+')) {
    mark.synchronizing = false;
    digits.remove_suffix(1);
  }
  const auto size = to_u64(digits);
  if (!size || *size > (1ull << 62)) return std::nullopt;
  mark.size = *size;
  return mark;
}

namespace {

bool fits_quoted(std::string_view text) {
  return text.size() < 1024 && std::ranges::none_of(text, [](char c) { return is_8bit(c) || (is_ctl(c) && c != '\t'); });
}

void append_with(std::string& out, std::string_view text, std::string_view mark_end) {
  if (!fits_quoted(text)) {
    out += '{';
    out += std::to_string(text.size());
    out += mark_end;
    out += text;
    return;
  }
  out += '"';
  std::size_t begin = 0;  // of what is not yet written; hardly any text has something to escape
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '"' && text[at] != '\\') continue;
    out += text.substr(begin, at - begin);
    out += '\\';
    begin = at;
  }
  out += text.substr(begin);
  out += '"';
}

}  // namespace

void append_string(std::string& out, std::string_view text) { append_with(out, text, "}\r\n"); }
void append_command_string(std::string& out, std::string_view text) { append_with(out, text, "+}\r\n"); }
void append_nstring(std::string& out, const std::optional<std::string>& text) {
  if (text) {
    append_string(out, *text);
  } else {
    out += "NIL";
  }
}

}  // namespace courier::imap
