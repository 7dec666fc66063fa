#include "wire/message/lexer.h"

#include "wire/text/chars.h"

namespace courier::message {

namespace {

bool is_blank(char c) { return is_wsp(c) || c == '\r' || c == '\n'; }

// RFC 5322, section 3.2.2: comment, nested ones included.
std::string take_comment(Cursor& in) {
  std::string text;
  int depth = 0;
  while (!in.at_end()) {
    if (in.take('\\')) {
      text += in.take_bytes(1);
      continue;
    }
    const char c = in.take_bytes(1)[0];
    if (c == '(' && depth++ == 0) continue;
    if (c == ')' && --depth == 0) break;
    if (c != '\r' && c != '\n') text += c;
  }
  return text;
}

}  // namespace

void skip_cfws(Cursor& in, std::string* comment) {
  for (;;) {
    static_cast<void>(in.take_while(is_blank));
    if (in.peek() != '(') return;
    std::string text = take_comment(in);
    if (comment) *comment = std::move(text);
  }
}

// RFC 5322, section 3.2.4: quoted-string
std::string take_quoted_string(Cursor& in) {
  std::string out;
  static_cast<void>(in.take('"'));
  while (!in.at_end() && !in.take('"')) {
    static_cast<void>(in.take('\\'));
    const std::string_view c = in.take_bytes(1);
    if (c != "\r" && c != "\n") out += c;
  }
  return out;
}

}  // namespace courier::message
