#include "wire/imap/body_structure.h"

#include "base/text.h"
#include "wire/imap/envelope.h"
#include "wire/imap/token.h"

namespace courier::imap {

namespace {

using message::Part;

// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
void write_parameters(std::string& out, const std::vector<message::Parameter>& parameters) {
  if (parameters.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const auto& parameter : parameters) {
    if (&parameter != &parameters.front()) out += ' ';
    append_string(out, parameter.name);
    out += ' ';
    append_string(out, parameter.value);
  }
  out += ')';
}

// body-fld-dsp = "(" string SP body-fld-param ")" / nil
void write_disposition(std::string& out, const Part& part) {
  if (!part.disposition) {
    out += "NIL";
    return;
  }
  out += '(';
  append_string(out, *part.disposition);
  out += ' ';
  write_parameters(out, part.disposition_parameters);
  out += ')';
}

// body-fld-lang = nstring / "(" string *(SP string) ")"
void write_languages(std::string& out, const std::vector<std::string>& languages) {
  if (languages.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const auto& language : languages) {
    if (&language != &languages.front()) out += ' ';
    append_string(out, language);
  }
  out += ')';
}

// The common tail of body-ext-1part and body-ext-mpart.
void write_extension(std::string& out, const Part& part) {
  out += ' ';
  write_disposition(out, part);
  out += ' ';
  write_languages(out, part.languages);
  out += ' ';
  append_nstring(out, part.location);
}

class Writer {
 public:
  Writer(std::string& out, const message::Structure& structure, Extended extended)
      : out_(out), parts_(structure.parts), extended_(extended == Extended::Yes) {}

  void body(std::uint32_t at) {
    if (parts_[at].kind == Part::Kind::Multipart) {
      multipart(at);
    } else {
      one_part(at);
    }
  }

 private:
  // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
  void multipart(std::uint32_t at) {
    const Part& part = parts_[at];
    out_ += '(';
    if (part.next == at + 1) out_ += "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)";  // the grammar wants one
    for (std::uint32_t i = at + 1; i < part.next; i = parts_[i].next) body(i);
    out_ += ' ';
    append_string(out_, part.subtype);
    if (extended_) {
      out_ += ' ';
      write_parameters(out_, part.parameters);
      write_extension(out_, part);
    }
    out_ += ')';
  }

  // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
  void one_part(std::uint32_t at) {
    const Part& part = parts_[at];
    out_ += '(';
    append_string(out_, part.type);
    out_ += ' ';
    append_string(out_, part.subtype);
    out_ += ' ';
    write_parameters(out_, part.parameters);
    out_ += ' ';
    append_nstring(out_, part.id);
    out_ += ' ';
    append_nstring(out_, part.description);
    out_ += ' ';
    append_string(out_, part.encoding);
    out_ += ' ' + std::to_string(part.body_size);
    if (part.kind == Part::Kind::Message) {
      out_ += ' ';
      write_envelope(out_, *parts_[at + 1].envelope);
      out_ += ' ';
      body(at + 1);
      out_ += ' ' + std::to_string(part.body_lines);
    } else if (iequals(part.type, "text")) {
      out_ += ' ' + std::to_string(part.body_lines);
    }
    if (extended_) {
      out_ += ' ';
      append_nstring(out_, part.md5);
      write_extension(out_, part);
    }
    out_ += ')';
  }

  std::string& out_;
  const std::vector<Part>& parts_;
  bool extended_;
};

// The part with that number, seen from a message or a part: a message/rfc822 is looked into, and a message that is not a
// multipart has one part, itself (RFC 3501, section 6.4.5).
std::optional<std::uint32_t> numbered(const message::Structure& structure, std::uint32_t at, std::uint32_t number, bool from_message) {
  if (structure.parts[at].kind == Part::Kind::Message && !from_message) {
    ++at;
    from_message = true;
  }
  if (structure.parts[at].kind == Part::Kind::Multipart) return message::child(structure, at, number);
  return from_message && number == 1 ? std::optional(at) : std::nullopt;
}

}  // namespace

void write_body(std::string& out, const message::Structure& structure, Extended extended) { Writer(out, structure, extended).body(0); }

std::optional<SectionPlace> find_section(const message::Structure& structure, const Section& section) {
  std::uint32_t at = 0;
  bool message = true;  // `at` is taken as a message, not as a part of one
  for (const std::uint32_t number : section.part) {
    const auto next = numbered(structure, at, number, message);
    if (!next) return std::nullopt;
    at = *next;
    message = false;
  }
  using Text = Section::Text;
  const bool of_message = section.text != Text::None && section.text != Text::Mime;
  if (of_message && !message) {
    if (structure.parts[at].kind != Part::Kind::Message) return std::nullopt;
    ++at;
  }
  const Part& part = structure.parts[at];
  if (section.text == Text::None && section.part.empty()) return SectionPlace{0, structure.stored_size, structure.wire_size};
  if (section.text == Text::None || section.text == Text::Text) return SectionPlace{part.body_begin, part.body_end, part.body_size};
  return SectionPlace{part.header_begin, part.body_begin, part.header_size};
}

}  // namespace courier::imap
