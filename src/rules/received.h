// The Received header field (RFC 5321, section 4.4; the shape of the comments is Courier's).
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace courier::rules {

struct ReceivedFacts {
  std::string_view peer_name{};     // HELO name
  std::string_view peer_address{};  // "192.0.2.7", "IPv6:2001:db8::1"; empty: local
  bool extended = false;           // EHLO
  bool smtputf8 = false;
  std::string_view tls_version{}, tls_cipher{}; // empty: no TLS
  int tls_bits = 0;
  std::string_view mechanism{}, account{};     // empty: not authenticated
  std::string_view host_name{};     // ours
  std::string_view id{};
  WallTime at{};
};

// SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA (RFC 3848) and UTF8SMTP... (RFC 6531, section 4.3).
[[nodiscard]] std::string transmission_type(const ReceivedFacts& facts);
// The whole field, folded, with its final LF.
[[nodiscard]] std::string received_field(const ReceivedFacts& facts);

}  // namespace courier::rules
