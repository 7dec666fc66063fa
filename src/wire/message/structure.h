// Structure: what BODYSTRUCTURE, ENVELOPE, BODY[section] and RFC822.SIZE need to know of a message, found in one pass over
// its bytes. Any bytes have one: what is broken is taken for text.
//
// Messages lie in files with LF line ends and are sent with CRLF. Offsets (header_begin, body_begin, body_end) count bytes of
// the file; sizes count octets on the wire, where every LF that has no CR before it is two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/message/envelope.h"
#include "wire/message/mime.h"

namespace courier::message {

struct Part {
  enum class Kind : std::uint8_t {
    Leaf,
    Multipart,  // children: its parts
    Message,    // message/rfc822: one child, the message inside
  };
  Kind kind = Kind::Leaf;
  std::uint32_t next = 0;          // index of the first part after this one and all below it
  std::uint64_t header_begin = 0;  // the header goes to body_begin, the blank line included
  std::uint64_t body_begin = 0, body_end = 0;
  std::uint64_t header_size = 0, body_size = 0;
  std::uint64_t body_lines = 0;
  std::string type, subtype;       // never empty: TEXT PLAIN when nothing is said
  std::string encoding;            // never empty: 7BIT
  std::vector<Parameter> parameters;
  std::optional<std::string> id, description, md5, location;
  std::optional<std::string> disposition;
  std::vector<Parameter> disposition_parameters;
  std::vector<std::string> languages;
  std::optional<Envelope> envelope;  // of the message itself and of the child of a Message
  bool operator==(const Part&) const = default;
  template <class V>
  void fields(V& v) {
    v("kind", kind), v("next", next), v("header_begin", header_begin), v("body_begin", body_begin), v("body_end", body_end);
    v("header_size", header_size), v("body_size", body_size), v("body_lines", body_lines), v("type", type), v("subtype", subtype);
    v("encoding", encoding), v("parameters", parameters), v("id", id), v("description", description), v("md5", md5);
    v("location", location), v("disposition", disposition), v("disposition_parameters", disposition_parameters);
    v("languages", languages), v("envelope", envelope);
  }
};

struct Structure {
  static constexpr std::uint32_t block = 65'536;

  std::vector<Part> parts;  // a tree in the order of the text; [0] is the message
  std::uint64_t stored_size = 0;
  std::uint64_t wire_size = 0;
  // [k]: lone LFs in the first k * block bytes; so that an offset on the wire is found without reading from the start.
  std::vector<std::uint64_t> lone_lf;
  bool operator==(const Structure&) const = default;
  template <class V>
  void fields(V& v) {
    v("parts", parts), v("stored_size", stored_size), v("wire_size", wire_size), v("lone_lf", lone_lf);
  }
};

// For a cache, with a version in front. Bytes that this version did not write, or that were damaged, decode to nothing.
[[nodiscard]] std::string encode_structure(const Structure& structure);
[[nodiscard]] std::optional<Structure> decode_structure(std::string_view bytes);

// The child of `parent` with that number, from 1; nothing when there is none.
[[nodiscard]] std::optional<std::uint32_t> child(const Structure& structure, std::uint32_t parent, std::uint32_t number);

struct StructureLimits {
  std::size_t parts = 10'000;
  std::size_t depth = 100;
  std::size_t field = 65'536;          // bytes of one header field that are looked at
  std::size_t fields = 1'048'576;      // bytes of all header fields that are kept
};

// Takes the message in pieces of any size.
class StructureParser {
 public:
  explicit StructureParser(const StructureLimits& limits = {});
  void write(std::string_view piece);
  // The end of the message. Once.
  [[nodiscard]] Structure finish();

 private:
  // A part whose end has not come yet.
  struct Open {
    std::uint32_t index;
    std::string boundary;                     // of a multipart whose closing boundary has not come
    std::uint64_t lone_lf_begin = 0, lf_begin = 0;  // counts at its body_begin
  };
  struct Position {
    std::uint64_t offset = 0, lone_lf = 0, lf = 0;
  };

  void take_line_piece(std::string_view piece);
  void end_line(std::size_t ending);
  void header_line(std::string_view line);
  bool boundary_line(std::string_view line);
  void begin_part(const Position& at, bool message);
  void end_header(const Position& body);
  void end_part(const Position& end);
  void finish_field();
  void read_content_field(Part& part, std::string_view name, std::string_view value);
  [[nodiscard]] std::size_t kept() const;
  [[nodiscard]] Part& current() { return structure_.parts[open_.back().index]; }

  StructureLimits limits_;
  Structure structure_;
  std::vector<Open> open_;
  std::size_t boundaries_ = 0;   // open multiparts
  bool in_header_ = false;
  bool has_content_type_ = false;
  std::uint64_t header_lone_lf_ = 0;  // count at header_begin of the current part
  std::string field_;            // the header field that is being read
  std::size_t fields_kept_ = 0;
  std::string line_;             // the beginning of the line that is being read
  std::uint64_t line_length_ = 0;
  char last_ = '\0';             // the last byte of the line so far
  Position line_begin_;          // where this line begins
  Position previous_;            // where the line before it ends, without its line end
};

}  // namespace courier::message
