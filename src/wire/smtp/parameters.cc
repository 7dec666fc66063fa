#include "wire/smtp/parameters.h"

#include <algorithm>

#include "base/text.h"

namespace courier::smtp {

namespace {

std::unexpected<CommandError> about(CommandError::Kind kind, const Parameter& parameter) {
  return fail(CommandError{kind, "parameter " + printable(parameter.keyword, 40)});
}

}  // namespace

// esmtp-param = esmtp-keyword ["=" esmtp-value] (RFC 5321, section 4.1.2)
CommandResult<std::optional<Parameter>> take_parameter(std::string_view& rest) {
  if (rest.empty()) return std::optional<Parameter>{};
  if (rest.front() != ' ') return expected("a space behind '>'");
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.empty()) return std::optional<Parameter>{};
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  const std::size_t equals = std::min(word.find('='), word.size());
  Parameter out{word.substr(0, equals), word.substr(std::min(equals + 1, word.size())), equals < word.size()};
  const bool keyword =
      !out.keyword.empty() && out.keyword.front() != '-' &&
      std::all_of(out.keyword.begin(), out.keyword.end(), [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-'; });
  if (!keyword || (out.has_value && out.value.empty())) return expected("a parameter");
  return out;
}

std::unexpected<CommandError> bad_parameter(const Parameter& parameter) { return about(CommandError::Kind::BadParameter, parameter); }
std::unexpected<CommandError> unknown_parameter(const Parameter& parameter) {
  return about(CommandError::Kind::UnknownParameter, parameter);
}

bool take_preposition(std::string_view& rest, std::string_view word) {
  if (!istarts_with(rest, word)) return false;
  rest.remove_prefix(word.size());
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return true;
}

std::unexpected<CommandError> expected(std::string_view what) {
  return fail(CommandError{CommandError::Kind::Syntax, "expected " + std::string(what)});
}

bool is_mechanism(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '_'; });
}

}  // namespace courier::smtp
