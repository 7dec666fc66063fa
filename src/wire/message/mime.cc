#include "wire/message/mime.h"

#include "base/text.h"
#include "wire/message/lexer.h"
#include "wire/text/chars.h"

namespace courier::message {

namespace {

constexpr std::size_t most = 100;

// parameter = attribute "=" value; an unquoted value goes up to the next ";", as broken mailers write file names
bool take_parameter(Cursor& in, Parameter& parameter) {
  skip_cfws(in);
  parameter.name = in.take_while(is_mime_token);
  skip_cfws(in);
  if (parameter.name.empty() || !in.take('=')) return false;
  skip_cfws(in);
  if (in.peek() == '"') {
    parameter.value = take_quoted_string(in);
  } else {
    parameter.value = trim(in.take_while([](char c) { return c != ';' && c != '(' && c != '\r' && c != '\n'; }));
  }
  return true;
}

}  // namespace

MimeValue parse_mime_value(std::string_view value) {
  MimeValue mime;
  Cursor in(value);
  skip_cfws(in);
  mime.type = in.take_while(is_mime_token);
  skip_cfws(in);
  if (in.take('/')) {
    skip_cfws(in);
    mime.subtype = in.take_while(is_mime_token);
  }
  while (!in.at_end() && mime.parameters.size() < most) {
    static_cast<void>(in.take_while([](char c) { return c != ';'; }));
    if (!in.take(';')) break;
    Parameter parameter;
    if (take_parameter(in, parameter)) mime.parameters.push_back(std::move(parameter));
  }
  return mime;
}

std::vector<std::string> parse_languages(std::string_view value) {
  std::vector<std::string> languages;
  Cursor in(value);
  while (!in.at_end() && languages.size() < most) {
    skip_cfws(in);
    const auto tag = in.take_while(is_mime_token);
    if (!tag.empty()) languages.emplace_back(tag);
    static_cast<void>(in.take_while([](char c) { return c != ','; }));
    static_cast<void>(in.take(','));
  }
  return languages;
}

std::string_view find_parameter(const std::vector<Parameter>& parameters, std::string_view name) {
  for (const auto& parameter : parameters) {
    if (iequals(parameter.name, name)) return parameter.value;
  }
  return {};
}

}  // namespace courier::message
