// A whole delivery status notification: multipart/report; report-type=delivery-status (RFC 6522, RFC 3464) with the text for
// people, the status, and what is returned of the original message. Pure.
#pragma once

#include <string>
#include <string_view>

#include "wire/dsn/status.h"

namespace courier::dsn {

struct Notification {
  std::string from;             // whole value of From:
  std::string to;               // address, without <>
  std::string subject;
  std::string date;             // RFC 5322
  std::string message_id;       // without <>
  std::string text;             // first part, UTF-8, LF line ends
  Status status;
  std::string_view original;    // LF line ends
  bool whole = false;           // `original` is the whole message; else its header
  // The original message or an address needs UTF-8 outside of encoded words: message/global-delivery-status, message/global,
  // message/global-headers (RFC 6533).
  bool global = false;
};

// The message, header and body, with LF line ends. Its boundary occurs nowhere in the original.
[[nodiscard]] std::string write(const Notification& notification);
// True when the bytes have a non-ASCII one: then the message travels as 8BITMIME.
[[nodiscard]] bool needs_eight_bit(std::string_view bytes);

// The header of a message: everything before the first empty line, its last line end included.
[[nodiscard]] std::string_view header_of(std::string_view message);

}  // namespace courier::dsn
