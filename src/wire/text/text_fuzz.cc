#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "wire/text/charset.h"
#include "wire/text/encoded_word.h"
#include "wire/text/idna.h"
#include "wire/text/transfer.h"
#include "wire/text/utf7.h"

using namespace courier;

namespace {

void any_split_is_the_whole(std::string_view encoding, std::string_view in, std::size_t cut) {
  std::string whole, pieces;
  const auto a = make_transfer_decoder(encoding), b = make_transfer_decoder(encoding);
  a->write(in, whole), a->finish(whole);
  b->write(in.substr(0, cut), pieces), b->write(in.substr(cut), pieces), b->finish(pieces);
  CHECK(whole == pieces);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  if (const auto name = from_utf7(in)) CHECK(to_utf7(*name) == in);
  if (is_utf8(in)) CHECK(from_utf7(to_utf7(in)) == in);
  if (const auto domain = domain_to_ascii(in)) CHECK(domain_to_ascii(*domain) == domain);
  any_split_is_the_whole("base64", in, cut);
  any_split_is_the_whole("quoted-printable", in, cut);
  CHECK(is_utf8(decode_encoded_words(in)));
  for (const char* charset : {"utf-8", "iso-2022-jp", "gb18030"}) {
    std::string whole, pieces;
    CharsetDecoder a(charset), b(charset);
    a.write(in, true, whole);
    b.write(in.substr(0, cut), false, pieces), b.write(in.substr(cut), true, pieces);
    CHECK(whole == pieces);
    CHECK(is_utf8(whole));
  }
  return 0;
}
