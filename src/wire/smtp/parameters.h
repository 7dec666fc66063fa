// esmtp parameters behind a path: what MAIL and RCPT share (RFC 5321, section 4.1.2). Private to this library.
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

}  // namespace courier::smtp
