#include "wire/text/utf7.h"

#include <cstdint>

#include "wire/text/cursor.h"
#include "base/utf8.h"

namespace courier {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

constexpr bool stands_for_itself(char c) { return c >= 0x20 && c <= 0x7E; }

// Puts UTF-16 units together to UTF-8.
class Utf16Reader {
 public:
  explicit Utf16Reader(std::string& out) : out_(out) {}
  // False when the unit cannot come here.
  bool put(std::uint32_t unit) {
    if (high_ != 0) {
      if (unit < 0xDC00 || unit > 0xDFFF) return false;
      append_utf8(out_, 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00));
      high_ = 0;
      return true;
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_ = unit;
      return true;
    }
    if (unit >= 0xDC00 && unit <= 0xDFFF) return false;
    if (unit < 0x80 && stands_for_itself(static_cast<char>(unit))) return false;
    append_utf8(out_, unit);
    return true;
  }
  [[nodiscard]] bool complete() const { return high_ == 0; }

 private:
  std::string& out_;
  std::uint32_t high_ = 0;
};

// The base64 between '&' and '-'.
bool decode_shifted(std::string_view digits, std::string& out) {
  Utf16Reader reader(out);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : digits) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return false;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 16) {
      count -= 16;
      if (!reader.put((bits >> count) & 0xFFFF)) return false;
      bits &= (1u << count) - 1;
    }
  }
  return count < 6 && bits == 0 && reader.complete();
}

class ShiftedWriter {
 public:
  explicit ShiftedWriter(std::string& out) : out_(out) {}
  void put(std::uint32_t code) {
    if (!open_) out_ += '&';
    open_ = true;
    if (code >= 0x10000) {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      unit(code);
    }
  }
  void close() {
    if (!open_) return;
    if (count_ > 0) out_ += alphabet[(bits_ << (6 - count_)) & 63];
    out_ += '-';
    open_ = false;
    bits_ = 0;
    count_ = 0;
  }

 private:
  void unit(std::uint32_t value) {
    bits_ = (bits_ << 16) | value;
    count_ += 16;
    for (; count_ >= 6; count_ -= 6) out_ += alphabet[(bits_ >> (count_ - 6)) & 63];
    bits_ &= (1u << count_) - 1;
  }
  std::string& out_;
  bool open_ = false;
  std::uint32_t bits_ = 0;
  int count_ = 0;
};

}  // namespace

std::optional<std::string> from_utf7(std::string_view name) {
  std::string out;
  Cursor in(name);
  bool after_shift = false;  // base64 just ended: another one here would be a second form of the same name
  while (!in.at_end()) {
    if (!in.take('&')) {
      if (!stands_for_itself(in.peek())) return std::nullopt;
      out += in.take_bytes(1);
      after_shift = false;
      continue;
    }
    const std::string_view digits = in.take_while([](char c) { return c != '-'; });
    if (!in.take('-')) return std::nullopt;
    if (digits.empty()) {
      out += '&';
      after_shift = false;
      continue;
    }
    if (after_shift || !decode_shifted(digits, out)) return std::nullopt;
    after_shift = true;
  }
  return out;
}

std::string to_utf7(std::string_view name) {
  std::string out;
  ShiftedWriter shifted(out);
  while (!name.empty()) {
    const std::uint32_t code = take_utf8(name);
    if (code < 0x80 && stands_for_itself(static_cast<char>(code))) {
      shifted.close();
      out += static_cast<char>(code);
      if (code == '&') out += '-';
    } else {
      shifted.put(code);
    }
  }
  shifted.close();
  return out;
}

}  // namespace courier
