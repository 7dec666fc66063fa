// Replies that several places give. Texts are for the peer: no paths, no internals.
#pragma once

#include <string>
#include <utility>

#include "wire/smtp/command.h"
#include "wire/smtp/reply.h"

namespace courier::smtpd {

using smtp::Reply;

// reply(550, 5, 1, 1, "No such user")
[[nodiscard]] inline Reply reply(int code, int kind, int subject, int detail, std::string text) {
  return {code,
          smtp::EnhancedStatus{static_cast<std::uint16_t>(kind), static_cast<std::uint16_t>(subject), static_cast<std::uint16_t>(detail)},
          std::move(text)};
}

[[nodiscard]] inline Reply try_later() { return reply(451, 4, 3, 0, "Service temporarily unavailable, try again later"); }
[[nodiscard]] inline Reply bad_sequence(std::string text) { return reply(503, 5, 5, 1, std::move(text)); }
[[nodiscard]] inline Reply no_arguments() { return reply(501, 5, 5, 4, "This command takes no arguments"); }
[[nodiscard]] inline Reply size_exceeded() { return reply(552, 5, 3, 4, "Message size exceeds the limit"); }
[[nodiscard]] inline Reply system_full() { return reply(452, 4, 3, 1, "Insufficient system storage, try again later"); }

// What a command's syntax error is answered with.
[[nodiscard]] Reply syntax_reply(const smtp::CommandError& error);

}  // namespace courier::smtpd
