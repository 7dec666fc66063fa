#include "rules/header.h"

#include <cstring>

#include "base/text.h"

namespace courier::rules {

namespace {

// The name of the field that `line` begins, or empty: optional-field = field-name ":" unstructured (RFC 5322, section 3.6.8),
// with the white space before the colon that section 4.5 allows.
std::string_view field_name(std::string_view line) {
  std::size_t length = 0;
  while (length < line.size() && line[length] > 32 && line[length] < 127 && line[length] != ':') ++length;
  std::size_t colon = length;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) ++colon;
  if (length == 0 || colon == line.size() || line[colon] != ':') return {};
  return line.substr(0, length);
}

void note_field(std::string_view name, std::size_t at, HeaderFacts& facts) {
  ++facts.fields;
  switch (ascii_lower(name.front())) {
    case 'c': facts.has_recipients |= iequals(name, "Cc"); break;
    case 'd': facts.has_date |= iequals(name, "Date"); break;
    case 'm':
      facts.has_message_id |= iequals(name, "Message-ID");
      facts.has_mime_version |= iequals(name, "MIME-Version");
      break;
    case 'r':
      if (iequals(name, "Received")) ++facts.received;
      if (iequals(name, "Return-Path")) facts.return_paths.push_back(at);
      break;
    case 't': facts.has_recipients |= iequals(name, "To"); break;
    default: break;
  }
}

// Where the body of an originator field is kept; null for other fields.
std::vector<std::string_view>* originator(std::string_view name, HeaderFacts& facts) {
  if (iequals(name, "From")) return &facts.from;
  if (iequals(name, "Sender")) return &facts.sender;
  return nullptr;
}

}  // namespace

Result<HeaderFacts, HeaderFault> inspect_header(std::string_view text, const HeaderLimits& limits) {
  HeaderFacts facts;
  std::vector<std::string_view>* open = nullptr;  // the originator field that continues
  std::size_t at = 0;
  while (at < text.size()) {
    const auto* lf = static_cast<const char*>(std::memchr(text.data() + at, '\n', text.size() - at));
    const std::size_t end = lf ? static_cast<std::size_t>(lf - text.data()) : text.size();
    const std::string_view line = text.substr(at, end - at);
    if (line.size() > limits.line) return fail(HeaderFault::LineTooLong);
    if (!lf) break;
    const bool continuation = (line.starts_with(' ') || line.starts_with('\t')) && facts.fields > 0;
    const std::string_view name = continuation ? std::string_view{} : field_name(line);
    if (!continuation && name.empty()) {
      facts.ended = true;
      facts.needs_separator = !line.empty();
      break;
    }
    if (continuation) {
      if (open) open->back() = {open->back().data(), static_cast<std::size_t>(text.data() + end - open->back().data())};
    } else {
      note_field(name, at, facts);
      open = originator(name, facts);
      if (open) open->push_back(line.substr(line.find(':') + 1));
    }
    at = end + 1;
    facts.size = at;
    if (facts.size > limits.bytes) return fail(HeaderFault::TooLong);
    if (facts.fields > limits.fields) return fail(HeaderFault::TooManyFields);
    if (facts.received > limits.received) return fail(HeaderFault::Loop);
  }
  return facts;
}

}  // namespace courier::rules
