#include "wire/sasl/saslprep.h"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace courier::sasl {

namespace {

// ICU's tables are loaded once, at the first name or password that is not ASCII.
const UStringPrepProfile* profile() {
  static UStringPrepProfile* const opened = [] {
    UErrorCode error = U_ZERO_ERROR;
    UStringPrepProfile* p = usprep_openByType(USPREP_RFC4013_SASLPREP, &error);
    return U_SUCCESS(error) ? p : nullptr;
  }();
  return opened;
}

std::optional<std::vector<UChar>> to_utf16(std::string_view text) {
  std::vector<UChar> wide(text.size() + 1);
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(), static_cast<std::int32_t>(text.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  wide.resize(static_cast<std::size_t>(length));
  return wide;
}

std::optional<std::string> to_utf8(const std::vector<UChar>& wide) {
  std::string text(wide.size() * 3, '\0');
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(text.data(), static_cast<std::int32_t>(text.size()), &length, wide.data(), static_cast<std::int32_t>(wide.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  text.resize(static_cast<std::size_t>(length));
  return text;
}

bool printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

std::optional<std::string> saslprep(std::string_view text, Prepare purpose) {
  if (printable_ascii(text)) return std::string(text);
  if (!is_utf8(text) || profile() == nullptr) return std::nullopt;
  const auto wide = to_utf16(text);
  if (!wide) return std::nullopt;
  // NFKC makes at most 18 units of one.
  std::vector<UChar> prepared(wide->size() * 18 + 1);
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t length = usprep_prepare(profile(), wide->data(), static_cast<std::int32_t>(wide->size()), prepared.data(),
                                             static_cast<std::int32_t>(prepared.size()),
                                             purpose == Prepare::Query ? USPREP_ALLOW_UNASSIGNED : USPREP_DEFAULT, nullptr, &error);
  if (U_FAILURE(error)) return std::nullopt;
  prepared.resize(static_cast<std::size_t>(length));
  return to_utf8(prepared);
}

}  // namespace courier::sasl
