#include "wire/text/charset.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>

#include <iterator>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace courier {

namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using ConverterPtr = std::unique_ptr<UConverter, CloseConverter>;

ConverterPtr open_converter(std::string_view charset) {
  if (charset.empty() || charset.size() > 60) return nullptr;
  // RFC 1428 and old mailers: names that ICU would take for options or files are none.
  if (charset.find_first_of(",/\\") != std::string_view::npos) return nullptr;
  UErrorCode error = U_ZERO_ERROR;
  ConverterPtr converter(ucnv_open(std::string(charset).c_str(), &error));
  return U_SUCCESS(error) ? std::move(converter) : nullptr;
}

void append_utf16(std::string& out, const UChar* begin, const UChar* end) {
  while (begin != end) {
    std::uint32_t code = *begin++;
    if (code >= 0xD800 && code <= 0xDBFF && begin != end && *begin >= 0xDC00 && *begin <= 0xDFFF) {
      code = 0x10000 + ((code - 0xD800) << 10) + (*begin++ - 0xDC00u);
    } else if (code >= 0xD800 && code <= 0xDFFF) {
      code = replacement_character;
    }
    append_utf8(out, code);
  }
}

}  // namespace

bool charset_known(std::string_view charset) { return open_converter(charset) != nullptr; }

struct CharsetDecoder::Converter {
  ConverterPtr icu;
  UChar high = 0;  // the first half of a pair whose second half has not come yet
};

CharsetDecoder::CharsetDecoder(std::string_view charset) : converter_(std::make_unique<Converter>()) {
  converter_->icu = open_converter(charset);
  if (!converter_->icu) converter_->icu = open_converter("UTF-8");
}
CharsetDecoder::~CharsetDecoder() = default;

void CharsetDecoder::write(std::string_view chunk, bool last, std::string& utf8) {
  if (!converter_->icu) return;
  const char* in = chunk.data();
  const char* const in_end = in + chunk.size();
  UChar buffer[1024];
  for (;;) {
    UErrorCode error = U_ZERO_ERROR;
    UChar* out = buffer;
    if (converter_->high != 0) *out++ = std::exchange(converter_->high, UChar{0});
    ucnv_toUnicode(converter_->icu.get(), &out, buffer + std::size(buffer), &in, in_end, nullptr, last, &error);
    const bool full = error == U_BUFFER_OVERFLOW_ERROR;
    if (out != buffer && out[-1] >= 0xD800 && out[-1] <= 0xDBFF && (full || !last)) converter_->high = *--out;
    append_utf16(utf8, buffer, out);
    if (!full) break;
  }
}

std::optional<std::string> to_utf8(std::string_view charset, std::string_view bytes) {
  if (!charset_known(charset)) return std::nullopt;
  CharsetDecoder decoder(charset);
  std::string out;
  decoder.write(bytes, true, out);
  return out;
}

void SearchFolder::put(std::uint32_t code, std::string& out) {
  const bool blank = code < 0x80 ? code == ' ' || (code >= '\t' && code <= '\r') : u_isUWhiteSpace(static_cast<UChar32>(code)) != 0;
  if (blank) {
    if (!blank_) out += ' ';
  } else if (code < 0x80) {
    out += ascii_lower(static_cast<char>(code));
  } else {
    append_utf8(out, static_cast<std::uint32_t>(u_foldCase(static_cast<UChar32>(code), U_FOLD_CASE_DEFAULT)));
  }
  blank_ = blank;
}

void SearchFolder::write(std::string_view utf8, std::string& out) {
  std::string joined;
  if (!partial_.empty()) {
    joined = std::move(partial_);
    partial_.clear();
    joined += utf8;
    utf8 = joined;
  }
  while (!utf8.empty()) {
    const auto first = static_cast<unsigned char>(utf8[0]);
    const std::size_t length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 1;
    if (utf8.size() < length) {
      partial_ = utf8;
      return;
    }
    put(take_utf8(utf8), out);
  }
}

std::string fold_for_search(std::string_view utf8) {
  std::string out;
  SearchFolder folder;
  folder.write(utf8, out);
  return out;
}

}  // namespace courier
