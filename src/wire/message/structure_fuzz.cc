#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/message/mail_date.h"
#include "wire/message/structure.h"
#include "wire/message/wire_offsets.h"

using namespace courier::message;

namespace {

Structure parse(std::string_view in, std::size_t cut) {
  StructureParser parser({.parts = 50, .depth = 8, .field = 200, .fields = 2000});
  parser.write(in.substr(0, cut));
  parser.write(in.substr(cut));
  return parser.finish();
}

std::uint64_t octets(std::string_view in, std::uint64_t begin, std::uint64_t end) {
  const char before = begin == 0 ? '\0' : in[begin - 1];
  return end - begin + count_lone_lf(in.substr(begin, end - begin), before);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const Structure whole = parse(in, size);
  CHECK(whole == parse(in, size == 0 ? 0 : data[size / 2] % size));
  CHECK(whole.stored_size == size);
  CHECK(whole.wire_size == octets(in, 0, size));
  for (const auto& part : whole.parts) {
    CHECK(part.header_size == octets(in, part.header_begin, part.body_begin));
    CHECK(part.body_size == octets(in, part.body_begin, part.body_end));
  }
  CHECK(decode_structure(encode_structure(whole)) == whole);
  if (const auto damaged = decode_structure(in)) CHECK(decode_structure(encode_structure(*damaged)) == damaged);
  static_cast<void>(parse_mail_date(in));
  return 0;
}
