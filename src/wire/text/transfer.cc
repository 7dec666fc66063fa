#include "wire/text/transfer.h"

#include <array>

#include "base/encode.h"
#include "base/text.h"
#include "wire/text/chars.h"

namespace courier {

void QuotedPrintableDecoder::write(std::string_view chunk, std::string& out) {
  for (const char c : chunk) put(c, out);
}

void QuotedPrintableDecoder::put(char c, std::string& out) {
  if (!held_.empty() && held_[0] == '=') {
    held_ += c;
    // "=" blanks line end: a soft line break.
    if (c == '\n') {
      held_.clear();
    } else if ((is_wsp(c) || c == '\r') && trim(held_) == "=") {
      return;
    } else if (held_.size() == 3) {
      const auto byte = hex_decode(held_.substr(1));
      out += byte ? *byte : held_;
      held_.clear();
    } else if (held_.size() > 3 || c == '=') {
      const std::string plain = held_.substr(0, held_.size() - 1);
      held_.clear();
      out += plain;
      put(c, out);
    }
    return;
  }
  if (is_wsp(c) || c == '\r') {  // blanks before a line end are not part of the text
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

namespace {

constexpr std::array<signed char, 256> base64_values = [] {
  std::array<signed char, 256> values{};
  values.fill(-1);
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < digits.size(); ++i) values[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
  return values;
}();

}  // namespace

void Base64Decoder::write(std::string_view chunk, std::string& out) {
  for (const char c : chunk) {
    if (c == '=') {  // padding: what follows begins a new quantum
      count_ = 0;
      bits_ = 0;
    }
    const int value = base64_values[static_cast<unsigned char>(c)];
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
