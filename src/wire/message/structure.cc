#include "wire/message/structure.h"

#include <algorithm>

#include "base/codec.h"
#include "base/text.h"
#include "wire/message/field.h"
#include "wire/text/chars.h"

namespace courier::message {

namespace {

constexpr std::size_t longest_boundary_line = 300;  // RFC 2046: a boundary has at most 70 characters; be generous

}  // namespace

StructureParser::StructureParser(const StructureLimits& limits) : limits_(limits) { begin_part({}, true); }

// How much of the line must be remembered.
std::size_t StructureParser::kept() const { return in_header_ ? limits_.field : boundaries_ > 0 ? longest_boundary_line : 0; }

void StructureParser::write(std::string_view piece) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    take_line_piece(piece.substr(0, end));
    if (end == std::string_view::npos) return;
    piece.remove_prefix(end + 1);
    end_line(last_ == '\r' && line_length_ > 0 ? 2 : 1);
  }
}

void StructureParser::take_line_piece(std::string_view piece) {
  if (piece.empty()) return;
  const std::size_t most = kept();
  // Of a body only lines that begin with a hyphen can be boundaries.
  const bool wanted = most > 0 && (in_header_ || (line_length_ == 0 ? piece[0] == '-' : line_.starts_with('-')));
  if (wanted && line_.size() < most) line_ += piece.substr(0, most - line_.size());
  line_length_ += piece.size();
  last_ = piece.back();
}

// `ending` is 1 for LF, 2 for CRLF, 0 at the end of the message.
void StructureParser::end_line(std::size_t ending) {
  std::string line = std::move(line_);
  line_.clear();
  if (ending == 2 && line.size() == line_length_) line.pop_back();
  const bool empty = line_length_ == (ending == 2 ? 1 : 0);
  const std::uint64_t text = line_length_ - (ending == 2 ? 1 : 0);

  Position next = line_begin_;
  next.offset += text + ending;
  if (ending > 0) {
    const std::uint64_t lf_at = next.offset - 1;
    while (structure_.lone_lf.size() * Structure::block <= lf_at) structure_.lone_lf.push_back(line_begin_.lone_lf);
    ++next.lf;
    if (ending == 1) ++next.lone_lf;
  }
  if (!(line.starts_with("--") && boundary_line(line))) {
    if (in_header_) {
      if (empty && ending > 0) {
        end_header(next);
      } else {
        header_line(line);
      }
    }
  } else if (in_header_) {
    // A new part begins after the boundary's line.
    current().header_begin = next.offset;
    header_lone_lf_ = next.lone_lf;
  }
  previous_ = line_begin_;
  previous_.offset += text;
  line_begin_ = next;
  line_length_ = 0;
  last_ = '\0';
}

void StructureParser::header_line(std::string_view line) {
  const bool folded = !line.empty() && is_wsp(line[0]) && !field_.empty();
  if (!folded) finish_field();
  const std::size_t room = limits_.field - std::min(limits_.field, field_.size());
  if (room <= 1) return;
  if (folded) field_ += '\n';
  field_ += line.substr(0, room - 1);
}

void StructureParser::finish_field() {
  std::string_view rest = field_;
  const auto field = take_field(rest);
  if (field && !field->name.empty() && fields_kept_ + field_.size() <= limits_.fields) {
    Part& part = current();
    if (istarts_with(field->name, "Content-")) {
      read_content_field(part, field->name.substr(8), field->value);
    } else if (part.envelope && is_envelope_field(field->name)) {
      fields_kept_ += field_.size();
      add_field(*part.envelope, field->name, field->value);
    }
  }
  field_.clear();
}

void StructureParser::read_content_field(Part& part, std::string_view name, std::string_view value) {
  fields_kept_ += value.size();
  const auto first = [&](std::optional<std::string>& place) {
    if (!place) place = unfold(value);
  };
  if (iequals(name, "Type") && !has_content_type_) {
    has_content_type_ = true;
    MimeValue mime = parse_mime_value(value);
    if (mime.type.empty() || mime.subtype.empty()) return;
    part.type = std::move(mime.type);
    part.subtype = std::move(mime.subtype);
    part.parameters = std::move(mime.parameters);
  } else if (iequals(name, "Transfer-Encoding") && part.encoding.empty()) {
    part.encoding = parse_mime_value(value).type;
  } else if (iequals(name, "Disposition") && !part.disposition) {
    MimeValue mime = parse_mime_value(value);
    if (mime.type.empty()) return;
    part.disposition = std::move(mime.type);
    part.disposition_parameters = std::move(mime.parameters);
  } else if (iequals(name, "Language") && part.languages.empty()) {
    part.languages = parse_languages(value);
  } else if (iequals(name, "ID")) {
    first(part.id);
  } else if (iequals(name, "Description")) {
    first(part.description);
  } else if (iequals(name, "MD5")) {
    first(part.md5);
  } else if (iequals(name, "Location")) {
    first(part.location);
  }
}

void StructureParser::begin_part(const Position& at, bool message) {
  Part part;
  part.header_begin = at.offset;
  if (message) part.envelope.emplace();
  structure_.parts.push_back(std::move(part));
  open_.push_back({.index = static_cast<std::uint32_t>(structure_.parts.size() - 1), .boundary = {}});
  header_lone_lf_ = at.lone_lf;
  in_header_ = true;
  has_content_type_ = false;
}

// The header ends, the body begins at `body`.
void StructureParser::end_header(const Position& body) {
  finish_field();
  in_header_ = false;
  Part& part = current();
  const bool in_digest = open_.size() > 1 && iequals(structure_.parts[open_[open_.size() - 2].index].subtype, "digest") &&
                         structure_.parts[open_[open_.size() - 2].index].kind == Part::Kind::Multipart;
  if (part.type.empty()) {  // RFC 2045, section 5.2; RFC 2046, section 5.1.5
    part.type = in_digest ? "message" : "text";
    part.subtype = in_digest ? "rfc822" : "plain";
  }
  if (part.encoding.empty()) part.encoding = "7bit";
  if (part.envelope) complete(*part.envelope);
  part.body_begin = body.offset;
  part.header_size = body.offset - part.header_begin + body.lone_lf - header_lone_lf_;
  open_.back().lone_lf_begin = body.lone_lf;
  open_.back().lf_begin = body.lf;

  const bool deeper = open_.size() < limits_.depth && structure_.parts.size() < limits_.parts;
  if (iequals(part.type, "multipart")) {
    std::string boundary(find_parameter(part.parameters, "boundary"));
    if (!deeper || boundary.empty() || boundary.size() > longest_boundary_line - 10) {
      part.type = "text";  // RFC 2045, section 5.2 again: nothing else can be made of it
      part.subtype = "plain";
      return;
    }
    part.kind = Part::Kind::Multipart;
    open_.back().boundary = std::move(boundary);
    ++boundaries_;
  } else if (iequals(part.type, "message") && (iequals(part.subtype, "rfc822") || iequals(part.subtype, "global"))) {
    if (!deeper || iequals(part.encoding, "base64") || iequals(part.encoding, "quoted-printable")) {
      part.type = "application";  // its inside cannot be seen, and a message/rfc822 without one cannot be told to a client
      part.subtype = "octet-stream";
      return;
    }
    part.kind = Part::Kind::Message;
    begin_part(body, true);
  }
}

// True when the line is a boundary; then parts have ended, and perhaps one has begun.
bool StructureParser::boundary_line(std::string_view line) {
  if (boundaries_ == 0 || line.size() > longest_boundary_line) return false;
  const std::string_view text = trim(line.substr(2));
  std::size_t at = open_.size();
  bool closing = false;
  while (at-- > 0) {
    const std::string& boundary = open_[at].boundary;
    if (boundary.empty() || !line.substr(2).starts_with(boundary)) continue;
    closing = text.size() == boundary.size() + 2 && text.ends_with("--");
    if (closing || trim(line.substr(2 + boundary.size())).empty()) break;
  }
  if (at == static_cast<std::size_t>(-1)) return false;
  if (!closing && structure_.parts.size() >= limits_.parts) return false;
  while (in_header_) end_header(line_begin_);  // a header without its blank line; a message in it may open another one
  while (open_.size() > at + 1) end_part(previous_);
  if (closing) {
    open_[at].boundary.clear();
    --boundaries_;
  } else {
    begin_part(line_begin_, false);
  }
  return true;
}

// The innermost open part ends at `end`, or where it began if that is later (a boundary right after its header).
void StructureParser::end_part(const Position& end) {
  const Open open = std::move(open_.back());
  open_.pop_back();
  if (!open.boundary.empty()) --boundaries_;
  Part& part = structure_.parts[open.index];
  part.next = static_cast<std::uint32_t>(structure_.parts.size());
  part.body_end = std::max(end.offset, part.body_begin);
  if (part.body_end == part.body_begin) return;
  part.body_size = part.body_end - part.body_begin + end.lone_lf - open.lone_lf_begin;
  part.body_lines = end.lf - open.lf_begin;
}

Structure StructureParser::finish() {
  if (line_length_ > 0) end_line(0);
  while (in_header_) end_header(line_begin_);
  while (!open_.empty()) end_part(line_begin_);
  structure_.stored_size = line_begin_.offset;
  structure_.wire_size = line_begin_.offset + line_begin_.lone_lf;
  while (structure_.lone_lf.size() * Structure::block <= structure_.stored_size) structure_.lone_lf.push_back(line_begin_.lone_lf);
  return std::move(structure_);
}

std::optional<std::uint32_t> child(const Structure& structure, std::uint32_t parent, std::uint32_t number) {
  const auto& parts = structure.parts;
  std::uint32_t at = parent + 1;
  for (std::uint32_t i = 1; at < parts[parent].next; ++i, at = parts[at].next) {
    if (i == number) return at;
  }
  return std::nullopt;
}

namespace {

// A tree: every part ends within its parent; offsets ascend.
bool sound(const Structure& structure) {
  const auto& parts = structure.parts;
  if (parts.empty() || parts[0].next != parts.size()) return false;
  std::vector<std::uint32_t> ends;
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    while (!ends.empty() && ends.back() == i) ends.pop_back();
    if (part.next <= i || part.next > (ends.empty() ? parts.size() : ends.back())) return false;
    if (part.kind > Part::Kind::Message || (part.kind == Part::Kind::Leaf && part.next != i + 1)) return false;
    if (part.kind == Part::Kind::Message && (part.next == i + 1 || parts[i + 1].next != part.next || !parts[i + 1].envelope)) return false;
    if (part.header_begin > part.body_begin || part.body_begin > part.body_end || part.body_end > structure.stored_size) return false;
    if (ends.size() == StructureLimits{}.depth) return false;  // what walks the tree does so recursively
    ends.push_back(part.next);
  }
  return parts[0].envelope.has_value() && structure.lone_lf.size() == structure.stored_size / Structure::block + 1;
}

constexpr char version = 1;

}  // namespace

std::string encode_structure(const Structure& structure) { return version + encode(structure); }

std::optional<Structure> decode_structure(std::string_view bytes) {
  Structure structure;
  if (!bytes.starts_with(version) || !decode(bytes.substr(1), structure) || !sound(structure)) return std::nullopt;
  return structure;
}

}  // namespace courier::message
