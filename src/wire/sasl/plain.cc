#include "wire/sasl/plain.h"

#include <utility>

#include "base/text.h"

namespace courier::sasl {

// message = [authzid] UTF8NUL authcid UTF8NUL passwd       (RFC 4616, section 2)
Parsed<Plain> parse_plain(std::string_view message, std::size_t longest) {
  if (!is_utf8(message)) return fail(SyntaxError{0, "UTF-8"});
  const std::size_t first = message.find('\0');
  if (first == std::string_view::npos) return fail(SyntaxError{message.size(), "NUL after the authorization identity"});
  const std::size_t second = message.find('\0', first + 1);
  if (second == std::string_view::npos) return fail(SyntaxError{message.size(), "NUL after the user name"});
  if (message.find('\0', second + 1) != std::string_view::npos) return fail(SyntaxError{second + 1, "no further NUL"});
  Plain plain{std::string(message.substr(0, first)), std::string(message.substr(first + 1, second - first - 1)),
              std::string(message.substr(second + 1))};
  if (plain.authorization.size() > longest) return fail(SyntaxError{0, "a shorter authorization identity"});
  if (plain.authentication.empty() || plain.authentication.size() > longest) return fail(SyntaxError{first + 1, "a user name"});
  if (plain.password.empty() || plain.password.size() > longest) return fail(SyntaxError{second + 1, "a password"});
  return plain;
}

std::string write_plain(const Plain& plain) { return plain.authorization + '\0' + plain.authentication + '\0' + plain.password; }

}  // namespace courier::sasl
