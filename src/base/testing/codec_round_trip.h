// What fuzzers ask of every message (base/codec.h).
#pragma once

#include <string>
#include <string_view>

#include "base/check.h"
#include "base/codec.h"
#include "base/text.h"

namespace courier {

// Bytes that decode as a `Message` are, written anew, the same message, also when it shares their memory, and its JSON is UTF-8.
// CHECK fails otherwise.
template <class Message>
void check_codec_round_trip(std::string_view bytes) {
  Message message;
  Message shares;
  const bool good = decode(bytes, message);
  CHECK(decode(std::string(bytes), shares) == good);
  if (!good) return;
  const std::string written = encode(message);
  Message again;
  CHECK(decode(written, again));
  CHECK(encode(again) == written && encode(shares) == written);
  CHECK(is_utf8(to_json(message)));
}

}  // namespace courier
