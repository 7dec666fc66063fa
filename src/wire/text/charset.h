// Charsets to UTF-8 through ICU, and the folding that SEARCH compares with.
#pragma once

#include <cstdint>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace courier {

// By IANA name or alias, in any case.
[[nodiscard]] bool charset_known(std::string_view charset);
// Nothing when the charset is unknown. Bytes that are not valid in it become U+FFFD.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view charset, std::string_view bytes);

// Chunk by chunk; any split gives the same text.
class CharsetDecoder {
 public:
  // Unknown charsets are read as UTF-8 (of which US-ASCII is a part).
  explicit CharsetDecoder(std::string_view charset);
  ~CharsetDecoder();
  CharsetDecoder(const CharsetDecoder&) = delete;
  CharsetDecoder& operator=(const CharsetDecoder&) = delete;
  // Appends UTF-8. `last`: nothing follows.
  void write(std::string_view chunk, bool last, std::string& utf8);

 private:
  struct Converter;
  std::unique_ptr<Converter> converter_;
};

// Case-folded, every run of white space (line ends too) one space. Chunk by chunk, split at any byte.
class SearchFolder {
 public:
  void write(std::string_view utf8, std::string& out);

 private:
  void put(std::uint32_t code, std::string& out);
  std::string partial_;  // a sequence whose end has not come yet
  bool blank_ = false;   // the last thing written was a space
};
[[nodiscard]] std::string fold_for_search(std::string_view utf8);

}  // namespace courier
