#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/smtp/data.h"

using namespace courier::smtp;

namespace {

struct Outcome {
  std::string text, rest;
  bool finished = false, bare = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view wire, std::size_t step, DataDecoder::Framing framing) {
  DataDecoder decoder(framing);
  Outcome out;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    std::string_view piece = wire.substr(at, step);
    decoder.feed(piece, out.text);
    out.rest += piece;
  }
  if (framing == DataDecoder::Framing::Chunks) decoder.end(out.text);
  out.finished = decoder.finished();
  out.bare = decoder.bare_line_end();
  if (out.bare) out.text.clear();  // how much came through before the fault was seen depends on nothing a caller may use
  return out;
}

std::string encode(std::string_view text, std::size_t step) {
  DataEncoder encoder;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += step) encoder.feed(text.substr(at, step), out);
  encoder.finish(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto framing : {DataDecoder::Framing::Dots, DataDecoder::Framing::Chunks}) {
    const Outcome whole = decode(bytes, size, framing);
    CHECK(decode(bytes, 1, framing) == whole);
    CHECK(decode(bytes, 3, framing) == whole);
    if (whole.bare || !whole.finished) continue;
    CHECK(whole.text.empty() || whole.text.back() == '\n');
    const std::string wire = encode(whole.text, size);
    CHECK(encode(whole.text, 1) == wire);
    const Outcome back = decode(wire, wire.size(), DataDecoder::Framing::Dots);
    CHECK(back.finished && !back.bare && back.rest.empty() && back.text == whole.text);
  }
  return 0;
}
