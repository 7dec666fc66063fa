// One delivery attempt: contracts/delivery as the queue asks it.
#pragma once

#include <memory>

#include "transports/esmtp/connections.h"
#include "transports/esmtp/letter.h"
#include "transports/esmtp/opening.h"

namespace courier::esmtp {

// Gives every recipient exactly one result. The references outlive the await.
[[nodiscard]] Task<delivery::DeliverReply> deliver(Services& services, Connections& connections, std::shared_ptr<const Policy> policy,
                                                   delivery::Deliver request, Descriptor file, Deadline deadline);

// The domain that decides where mail for this address goes: lower case, ASCII. Empty when it has none.
[[nodiscard]] std::string domain_of(std::string_view address);

}  // namespace courier::esmtp
