#include "wire/text/idna.h"

#include <unicode/uidna.h>

#include <algorithm>

#include "base/text.h"

namespace courier {

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  const bool ascii = std::all_of(domain.begin(), domain.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return to_lower(domain);
  UErrorCode status = U_ZERO_ERROR;
  static const UIDNA* const rules = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &status);
  if (!rules) return std::nullopt;
  status = U_ZERO_ERROR;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  char name[256];
  const int32_t length =
      uidna_nameToASCII_UTF8(rules, domain.data(), static_cast<int32_t>(domain.size()), name, sizeof name, &info, &status);
  if (U_FAILURE(status) || info.errors != 0 || length <= 0 || length > 253) return std::nullopt;
  return std::string(name, static_cast<std::size_t>(length));
}

}  // namespace courier
