// How a command ended: the tagged response.
#pragma once

#include <string>

#include "store/folder/types.h"

namespace courier::mailbox {

struct Reply {
  enum class Kind : unsigned char { Ok, No, Bad } kind = Kind::Ok;
  std::string text;  // "[READ-WRITE] Selected."
};

[[nodiscard]] inline Reply ok(std::string text) { return {Reply::Kind::Ok, std::move(text)}; }
[[nodiscard]] inline Reply no(std::string text) { return {Reply::Kind::No, std::move(text)}; }
[[nodiscard]] inline Reply bad(std::string text) { return {Reply::Kind::Bad, std::move(text)}; }

// What the client is told; paths and system errors stay in the log (RFC 5530 for the codes).
[[nodiscard]] Reply reply_for(store::StoreFault fault);

}  // namespace courier::mailbox
