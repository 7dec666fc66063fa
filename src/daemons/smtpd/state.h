// Where a session stands. A case holds only what exists then; a transition replaces it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contracts/submit.h"
#include "daemons/smtpd/intake.h"
#include "wire/smtp/command.h"

namespace courier::smtpd {

// Before EHLO or HELO.
struct Connected {};
// Between transactions.
struct Greeted {};
// MAIL was accepted.
struct Mailing {
  smtp::MailCommand mail;
  std::string sender;  // as written; empty: null
  std::vector<submit::Recipient> recipients;
};
// BDAT has brought a part of the message.
struct Chunking {
  std::unique_ptr<Intake> intake;
};

using State = std::variant<Connected, Greeted, Mailing, Chunking>;

// The client's name for itself.
struct Hello {
  std::string name;
  bool extended = false;
};

// Who signed in.
struct Identity {
  std::string account;
  std::string mechanism;
  std::vector<std::string> senders;
};

}  // namespace courier::smtpd
