// Values of header fields as strangers write them: address lists, Content-Type, languages, dates.
#include <cstdint>

#include "base/check.h"
#include "wire/message/address.h"
#include "wire/message/field.h"
#include "wire/message/mail_date.h"
#include "wire/message/mime.h"

using namespace courier::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  CHECK(parse_addresses(in, 3).size() <= 5);
  // A group's end has nothing; everything else names a mailbox or a group.
  for (const Address& address : parse_addresses(in)) {
    if (address.host || address.route) CHECK(address.mailbox.has_value());
  }
  const MimeValue value = parse_mime_value(in);
  CHECK(value.parameters.size() <= 100);
  if (!value.parameters.empty()) {
    const Parameter& first = value.parameters.front();
    CHECK(find_parameter(value.parameters, first.name) == first.value);
  }
  CHECK(parse_languages(in).size() <= 100);
  if (const auto date = parse_mail_date(in)) static_cast<void>(date->time());
  std::string_view header = in;
  while (const auto field = take_field(header)) {
    CHECK(unfold(field->value).find('\n') == std::string::npos);
    CHECK(field->whole.data() + field->whole.size() == header.data());
  }
  return 0;
}
