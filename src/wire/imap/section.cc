#include "wire/imap/section.h"

#include <algorithm>

#include "base/text.h"

namespace courier::imap {

namespace {

// RFC 5322, section 3.6.8: ftext
bool is_field_char(char c) { return c > ' ' && c < 0x7F && c != ':'; }

// header-list = "(" header-fld-name *(SP header-fld-name) ")"
std::vector<std::string> parse_header_list(Tokens& in) {
  std::vector<std::string> fields;
  in.sp();
  in.need('(', "list of header fields");
  do {
    if (fields.size() == in.limits().header_fields) in.fail("fewer header fields");
    fields.push_back(in.astring());
    if (!std::ranges::all_of(fields.back(), is_field_char)) in.fail("name of a header field");
  } while (in.take(' '));
  in.need(')', "header field or )");
  return fields;
}

// section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"; section-text = section-msgtext / "MIME"
void parse_section_text(Tokens& in, Section& section) {
  if (in.take_word("HEADER.FIELDS.NOT")) {
    section.text = Section::Text::HeaderFieldsNot;
    section.fields = parse_header_list(in);
  } else if (in.take_word("HEADER.FIELDS")) {
    section.text = Section::Text::HeaderFields;
    section.fields = parse_header_list(in);
  } else if (in.take_word("HEADER")) {
    section.text = Section::Text::Header;
  } else if (in.take_word("TEXT")) {
    section.text = Section::Text::Text;
  } else if (!section.part.empty() && in.take_word("MIME")) {
    section.text = Section::Text::Mime;
  } else {
    in.fail("part of a message");
  }
}

}  // namespace

// section-spec = section-msgtext / (section-part ["." section-text])
Section parse_section(Tokens& in) {
  Section section;
  in.need('[', "[");
  if (in.take(']')) return section;
  bool dot = true;
  while (in.ok() && dot && ascii_digit(in.peek())) {
    if (section.part.size() == in.limits().section_depth) in.fail("fewer part numbers");
    section.part.push_back(in.nz_number());
    dot = in.take('.');
  }
  if (dot) parse_section_text(in, section);
  in.need(']', "]");
  return section;
}

std::optional<Partial> parse_partial(Tokens& in) {
  if (!in.take('<')) return std::nullopt;
  Partial partial;
  partial.start = in.number();
  in.need('.', ".");
  partial.count = in.nz_number();
  in.need('>', ">");
  return partial;
}

void write_section(std::string& out, const Section& section) {
  out += '[';
  for (const auto& number : section.part) {
    if (&number != &section.part.front()) out += '.';
    out += std::to_string(number);
  }
  if (section.text != Section::Text::None && !section.part.empty()) out += '.';
  switch (section.text) {
    case Section::Text::None: break;
    case Section::Text::Header: out += "HEADER"; break;
    case Section::Text::HeaderFields: out += "HEADER.FIELDS"; break;
    case Section::Text::HeaderFieldsNot: out += "HEADER.FIELDS.NOT"; break;
    case Section::Text::Text: out += "TEXT"; break;
    case Section::Text::Mime: out += "MIME"; break;
  }
  if (!section.fields.empty()) {
    out += " (";
    for (const auto& field : section.fields) {
      if (&field != &section.fields.front()) out += ' ';
      append_command_string(out, field);
    }
    out += ')';
  }
  out += ']';
}

}  // namespace courier::imap
