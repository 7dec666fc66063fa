#include "wire/text/transfer.h"

#include "base/encode.h"
#include "base/text.h"
#include "wire/text/chars.h"

namespace courier {

void QuotedPrintableDecoder::write(std::string_view chunk, std::string& out) {
  for (const char c : chunk) put(c, out);
}

namespace {
bool is_blank(char c) { return is_wsp(c) || c == '\r'; }
}  // namespace

// `held_` is "=" and what follows it: blanks only, or one character.
void QuotedPrintableDecoder::put_escaped(char c, std::string& out) {
  if (c == '\n') {  // "=" blanks line end: a soft line break
    held_.clear();
    return;
  }
  if (is_blank(c) && (held_.size() == 1 || is_blank(held_[1]))) {
    held_ += c;
    return;
  }
  const int high = held_.size() == 2 ? hex_digit(held_[1]) : -1, low = hex_digit(c);
  if (held_.size() == 1 && low >= 0) {
    held_ += c;
  } else if (high >= 0 && low >= 0) {
    held_.clear();
    out += static_cast<char>(high << 4 | low);
  } else {  // no escape: the text as it stands; `c` may begin one
    out += held_;
    held_.clear();
    put(c, out);
  }
}

void QuotedPrintableDecoder::put(char c, std::string& out) {
  if (held_.starts_with('=')) return put_escaped(c, out);
  if (is_blank(c)) {  // blanks before a line end are not part of the text
    held_ += c;
    return;
  }
  if (c == '\n') {
    if (held_.ends_with('\r')) out += '\r';
    held_.clear();
    out += c;
    return;
  }
  out += held_;
  held_.clear();
  if (c == '=') {
    held_ = "=";
  } else {
    out += c;
  }
}

void QuotedPrintableDecoder::finish(std::string& out) {
  if (trim(held_) != "=") out += held_;
  held_.clear();
}

void Base64Decoder::write(std::string_view chunk, std::string& out) {
  for (const char c : chunk) {
    if (c == '=') {  // padding: what follows begins a new quantum
      count_ = 0;
      bits_ = 0;
    }
    const int value = base64_digit(c);
    if (value < 0) continue;
    bits_ = (bits_ << 6) | static_cast<std::uint32_t>(value);
    count_ += 6;
    if (count_ >= 8) {
      count_ -= 8;
      out += static_cast<char>((bits_ >> count_) & 0xFF);
      bits_ &= (1u << count_) - 1;
    }
  }
}

std::unique_ptr<TransferDecoder> make_transfer_decoder(std::string_view encoding) {
  if (iequals(encoding, "quoted-printable")) return std::make_unique<QuotedPrintableDecoder>();
  if (iequals(encoding, "base64")) return std::make_unique<Base64Decoder>();
  return nullptr;
}

}  // namespace courier
