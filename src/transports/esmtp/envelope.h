// The commands of a transaction as text.
#pragma once

#include <string>

#include "base/result.h"
#include "transports/esmtp/letter.h"
#include "transports/esmtp/verdict.h"
#include "wire/smtp/capabilities.h"

namespace courier::esmtp {

// "MAIL FROM:<...> ..." with the parameters that the server offers, without CRLF.
[[nodiscard]] Result<std::string, Verdict> mail_command(const Letter& letter, const smtp::Capabilities& offers, bool null_sender);
// "RCPT TO:<...> ..." likewise.
[[nodiscard]] Result<std::string, Verdict> rcpt_command(const delivery::Recipient& recipient, const smtp::Capabilities& offers);

}  // namespace courier::esmtp
