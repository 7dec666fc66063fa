#include "store/maildir/nfc.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace courier::store {

namespace {

std::optional<std::vector<UChar>> to_utf16(std::string_view utf8) {
  std::vector<UChar> units(utf8.size() + 1);
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t length = 0;
  u_strFromUTF8(units.data(), static_cast<std::int32_t>(units.size()), &length, utf8.data(), static_cast<std::int32_t>(utf8.size()),
                &error);
  if (U_FAILURE(error)) return std::nullopt;
  units.resize(static_cast<std::size_t>(length));
  return units;
}

std::optional<std::string> to_utf8(const std::vector<UChar>& units) {
  std::string text(units.size() * 3 + 1, '\0');
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t length = 0;
  u_strToUTF8(text.data(), static_cast<std::int32_t>(text.size()), &length, units.data(), static_cast<std::int32_t>(units.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

std::optional<std::string> to_nfc(std::string_view utf8) {
  // Plain ASCII is in every form; the tables stay untouched for those who use nothing else.
  if (std::ranges::all_of(utf8, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return std::string(utf8);
  if (!is_utf8(utf8)) return std::nullopt;
  const auto units = to_utf16(utf8);
  if (!units) return std::nullopt;
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&error);
  if (U_FAILURE(error)) return std::nullopt;
  // Form C of a text is at most three times as long in UTF-16 (UAX #15, table "Maximum Expansion Factors").
  std::vector<UChar> result(units->size() * 3 + 1);
  const std::int32_t length = unorm2_normalize(nfc, units->data(), static_cast<std::int32_t>(units->size()), result.data(),
                                               static_cast<std::int32_t>(result.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;
  result.resize(static_cast<std::size_t>(length));
  return to_utf8(result);
}

}  // namespace courier::store
