// Content-Type, Content-Disposition and Content-Language (RFC 2045, 2183, 3282), read tolerantly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace courier::message {

struct Parameter {
  std::string name;   // as written
  std::string value;  // without quotes; RFC 2231 forms stay as they are (name*0*, ...)
  bool operator==(const Parameter&) const = default;
  template <class V>
  void fields(V& v) {
    v("name", name), v("value", value);
  }
};

// "text/plain; charset=utf-8", "attachment; filename=x".
struct MimeValue {
  std::string type;     // before the slash, or the whole of a disposition; empty when broken
  std::string subtype;  // empty when there is none
  std::vector<Parameter> parameters;
};
// At most 100 parameters.
[[nodiscard]] MimeValue parse_mime_value(std::string_view value);

// "en, de-AT": at most 100.
[[nodiscard]] std::vector<std::string> parse_languages(std::string_view value);

// The value of that parameter, its name in any case; empty when there is none.
[[nodiscard]] std::string_view find_parameter(const std::vector<Parameter>& parameters, std::string_view name);

}  // namespace courier::message
