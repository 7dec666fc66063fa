#include "wire/text/encoded_word.h"

#include <optional>

#include "base/encode.h"
#include "wire/text/chars.h"
#include "wire/text/charset.h"
#include "wire/text/cursor.h"
#include "wire/text/transfer.h"
#include "base/utf8.h"

namespace courier {

namespace {

// RFC 2047, section 4.2
std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (const auto byte = text[i] == '=' ? hex_decode(text.substr(i + 1, 2)) : std::nullopt; byte && byte->size() == 1) {
      out += *byte;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct Word {
  std::string charset;
  std::string bytes;
};

// RFC 2047, section 2: encoded-word
std::optional<Word> take_word(Cursor& in) {
  Cursor at = in;
  if (!at.take('=') || !at.take('?')) return std::nullopt;
  Word word;
  const auto no_mark = [](char c) { return c != '?'; };
  word.charset = at.take_while(no_mark);
  word.charset = word.charset.substr(0, word.charset.find('*'));  // RFC 2231, section 5: language
  if (!at.take('?')) return std::nullopt;
  const char encoding = ascii_lower(at.peek());
  static_cast<void>(at.take_bytes(1));
  if (!at.take('?')) return std::nullopt;
  const std::string_view text = at.take_while(no_mark);
  if (!at.take('?') || !at.take('=')) return std::nullopt;
  if (encoding == 'b') {
    Base64Decoder().write(text, word.bytes);
  } else if (encoding == 'q') {
    word.bytes = decode_q(text);
  } else {
    return std::nullopt;
  }
  if (!charset_known(word.charset)) return std::nullopt;
  in = at;
  return word;
}

void append_raw(std::string& out, std::string_view raw) {
  if (is_utf8(raw)) {
    out += raw;
    return;
  }
  for (const char c : raw) append_utf8(out, static_cast<unsigned char>(c));
}

}  // namespace

std::string decode_encoded_words(std::string_view value) {
  std::string out;
  Cursor in(value);
  std::optional<Word> run;  // words in one charset are decoded together: some mailers split inside a character
  const auto flush = [&] {
    if (run) out += to_utf8(run->charset, run->bytes).value_or("");
    run.reset();
  };
  while (!in.at_end()) {
    Cursor ahead = in;
    const std::string_view blanks = ahead.take_while([](char c) { return is_wsp(c) || c == '\r' || c == '\n'; });
    if (auto word = run || blanks.empty() ? take_word(ahead) : std::nullopt) {
      if (run && iequals(run->charset, word->charset)) {
        run->bytes += word->bytes;
      } else {
        flush();
        run = std::move(word);
      }
      in = ahead;
      continue;
    }
    flush();
    const std::string_view rest = in.rest();
    const std::size_t next = rest.find("=?", 1);
    append_raw(out, in.take_bytes(next == std::string_view::npos ? rest.size() : next));
  }
  flush();
  return out;
}

}  // namespace courier
