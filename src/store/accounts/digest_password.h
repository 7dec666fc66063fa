// {SCHEME}digest passwords of LDAP and SQL databases: no longer made, only verified.
#pragma once

#include <string_view>

namespace courier::accounts {

// `stored` begins with one of the prefixes of this form.
[[nodiscard]] bool is_digest_password(std::string_view stored);
[[nodiscard]] bool is_salted_digest(std::string_view stored);
[[nodiscard]] bool verify_digest(std::string_view stored, std::string_view password);

}  // namespace courier::accounts
