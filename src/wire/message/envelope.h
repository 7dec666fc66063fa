// What ENVELOPE tells of a message's header (RFC 3501, section 7.4.2). Texts are the fields' values in one line; encoded words
// stay as they are. Bytes above 127 may stand in them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/message/address.h"

namespace courier::message {

struct Envelope {
  std::optional<std::string> date, subject, in_reply_to, message_id;
  std::vector<Address> from, sender, reply_to, to, cc, bcc;
  bool operator==(const Envelope&) const = default;
  template <class V>
  void fields(V& v) {
    v("date", date), v("subject", subject), v("in_reply_to", in_reply_to), v("message_id", message_id), v("from", from);
    v("sender", sender), v("reply_to", reply_to), v("to", to), v("cc", cc), v("bcc", bcc);
  }
};

// True when the envelope has a place for that field.
[[nodiscard]] bool is_envelope_field(std::string_view name);
// Puts one field in its place. Of fields that come twice the first counts, of To, Cc and Bcc all, up to 5,000 addresses.
void add_field(Envelope& envelope, std::string_view name, std::string_view value);
// At the end of the header: Sender and Reply-To are From when they are missing.
void complete(Envelope& envelope);

}  // namespace courier::message
