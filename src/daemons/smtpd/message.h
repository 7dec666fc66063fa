// What DATA and BDAT share: from an accepted envelope to an Intake.
#pragma once

#include <memory>
#include <optional>

#include "daemons/smtpd/session.h"

namespace courier::smtpd {

// Why no message can be taken now.
[[nodiscard]] std::optional<smtp::Reply> cannot_take(const Session& session, const Mailing& mailing, Environment& environment);
// Gives the message its queue id and its Received field.
[[nodiscard]] std::unique_ptr<Intake> begin_message(Session& session, Mailing mailing, smtp::DataDecoder::Framing framing);

}  // namespace courier::smtpd
