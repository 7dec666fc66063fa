// The delivery-status part: message/delivery-status (RFC 3464, section 2) and message/global-delivery-status (RFC 6533,
// section 3). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace courier::dsn {

// A typed field: address-type, MTA-name-type or diagnostic-type, and its text. "rfc822; ann@example.org".
struct Typed {
  std::string type;   // atom, lower case
  std::string text;   // one line
  bool operator==(const Typed&) const = default;
};

// action-value (RFC 3464, section 2.3.3)
enum class Action { Failed, Delayed, Delivered, Relayed, Expanded };
[[nodiscard]] const char* to_string(Action action);

// per-recipient-fields (RFC 3464, section 2.3)
struct RecipientStatus {
  std::optional<Typed> original_recipient;
  Typed final_recipient;
  Action action = Action::Failed;
  std::string status;                       // "5.1.1" (RFC 3463)
  std::optional<Typed> remote_mta;
  std::optional<Typed> diagnostic_code;
  std::string last_attempt_date;            // date-time (RFC 5322, section 3.3); empty: absent
  std::string will_retry_until;
  bool operator==(const RecipientStatus&) const = default;
};

// per-message-fields (RFC 3464, section 2.2) and the recipients
struct Status {
  std::string original_envelope_id;         // empty: absent
  Typed reporting_mta;
  std::optional<Typed> received_from_mta;
  std::string arrival_date;
  std::vector<RecipientStatus> recipients;
  bool operator==(const Status&) const = default;
};

struct Limits {
  std::size_t bytes = 1 << 20;
  std::size_t recipients = 10'000;
};
struct SyntaxError {
  std::size_t line = 0;        // from 1
  const char* expected = "";
};

// Line breaks inside texts are written as spaces; an absent field is not written.
[[nodiscard]] std::string write(const Status& status);
// Unknown fields are passed over, comments kept as text. LF or CRLF. A message without recipients is no status.
[[nodiscard]] Result<Status, SyntaxError> parse_status(std::string_view text, const Limits& limits = {});

// An address with what type it has in a status: rfc822 when ASCII; else utf-8, as utf-8-addr-xtext (wire/address/escape.h)
// unless `global`.
[[nodiscard]] Typed address_field(std::string_view address, bool global);

}  // namespace courier::dsn
