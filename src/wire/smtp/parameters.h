// What several commands and replies share: esmtp parameters behind a path (MAIL, RCPT; RFC 5321, section 4.1.2), names of SASL
// mechanisms. Private to this library.
#pragma once

#include <optional>
#include <string_view>

#include "wire/smtp/command.h"

namespace courier::smtp {

struct Parameter {
  std::string_view keyword, value;
  bool has_value = false;
};

// Takes the next parameter, with the space before it. Nothing at the end.
[[nodiscard]] CommandResult<std::optional<Parameter>> take_parameter(std::string_view& rest);

[[nodiscard]] std::unexpected<CommandError> bad_parameter(const Parameter& parameter);
[[nodiscard]] std::unexpected<CommandError> unknown_parameter(const Parameter& parameter);

// "FROM:" or "TO:", in any case, and spaces that follow it.
[[nodiscard]] bool take_preposition(std::string_view& rest, std::string_view word);
[[nodiscard]] std::unexpected<CommandError> expected(std::string_view what);

// sasl-mech = 1*20mech-char (RFC 4422, section 3.1), in either case.
[[nodiscard]] bool is_mechanism(std::string_view text);

}  // namespace courier::smtp
