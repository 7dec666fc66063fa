// ENVELOPE as FETCH tells it (RFC 3501, sections 7.4.2 and 9: envelope).
#pragma once

#include <string>

#include "wire/message/envelope.h"

namespace courier::imap {

void write_envelope(std::string& out, const message::Envelope& envelope);

}  // namespace courier::imap
