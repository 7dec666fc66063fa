#include "daemons/supervisor/authority.h"

#include "contracts/auth.h"
#include "contracts/delivery.h"
#include "contracts/directory.h"
#include "contracts/mailbox.h"
#include "contracts/submit.h"
#include "runtime/control.h"

namespace courier {

namespace {

template <class Message>
constexpr Permission may(const char* from, const char* to) {
  return {from, to, Message::type, Message::name};
}

constexpr Permission between_daemons[] = {
    // Sign-in, and one question per connection.
    may<auth::Connected>("front", "auth"),
    may<auth::Disconnected>("front", "auth"),
    may<auth::SaslBegin>("front", "auth"),
    may<auth::SaslContinue>("front", "auth"),
    may<auth::Connected>("smtpd-mx", "auth"),
    may<auth::Disconnected>("smtpd-mx", "auth"),
    may<auth::Connected>("smtpd-submission", "auth"),
    may<auth::Disconnected>("smtpd-submission", "auth"),
    may<auth::SaslBegin>("smtpd-submission", "auth"),
    may<auth::SaslContinue>("smtpd-submission", "auth"),
    may<auth::Connected>("smtpd-inject", "auth"),
    may<auth::Disconnected>("smtpd-inject", "auth"),
    may<auth::Disconnected>("mailbox", "auth"),
    // What an address means.
    may<directory::Lookup>("smtpd-mx", "auth"),
    may<directory::Lookup>("smtpd-submission", "auth"),
    may<directory::Lookup>("smtpd-inject", "auth"),
    may<directory::Expand>("queue", "auth"),
    may<directory::Account>("mailbox", "auth"),
    // Handing in a message.
    may<submit::Submit>("smtpd-mx", "queue"),
    may<submit::OpenBody>("smtpd-mx", "queue"),
    may<submit::AbandonBody>("smtpd-mx", "queue"),
    may<submit::Submit>("smtpd-submission", "queue"),
    may<submit::OpenBody>("smtpd-submission", "queue"),
    may<submit::AbandonBody>("smtpd-submission", "queue"),
    may<submit::Submit>("smtpd-inject", "queue"),
    may<submit::OpenBody>("smtpd-inject", "queue"),
    may<submit::AbandonBody>("smtpd-inject", "queue"),
    may<submit::Cancel>("smtpd-inject", "queue"),
    // Delivering it.
    may<delivery::Deliver>("queue", "mailbox"),
    may<delivery::Deliver>("queue", "esmtp"),
    // Opening a mailbox: auth says who comes, front brings the socket.
    may<mailbox::Grant>("auth", "mailbox"),
    may<mailbox::HandOver>("front", "mailbox"),
};

constexpr Permission to_supervisor[] = {
    may<control::EnsureMailbox>("auth", "supervisor"),
    may<control::ChannelBroken>("auth", "supervisor"),
    may<control::ChannelBroken>("queue", "supervisor"),
    may<control::ChannelBroken>("mailbox", "supervisor"),
    may<control::ChannelBroken>("esmtp", "supervisor"),
    may<control::ChannelBroken>("smtpd-mx", "supervisor"),
    may<control::ChannelBroken>("smtpd-submission", "supervisor"),
    may<control::ChannelBroken>("smtpd-inject", "supervisor"),
    may<control::ChannelBroken>("front", "supervisor"),
};

constexpr Permission every_message[] = {
    may<control::Start>("", ""),           may<control::OpenChannel>("", ""),   may<control::Reload>("", ""),
    may<control::Drain>("", ""),           may<control::Ask>("", ""),           may<control::GetMetrics>("", ""),
    may<control::EnsureMailbox>("", ""),   may<control::NewTicketKeys>("", ""), may<control::ReopenLog>("", ""),
    may<control::NewCertificates>("", ""), may<control::ChannelBroken>("", ""), may<auth::Connected>("", ""),
    may<auth::Disconnected>("", ""),       may<auth::SaslBegin>("", ""),        may<auth::SaslContinue>("", ""),
    may<directory::Lookup>("", ""),        may<directory::Expand>("", ""),      may<directory::Account>("", ""),
    may<submit::Submit>("", ""),           may<submit::OpenBody>("", ""),       may<submit::AbandonBody>("", ""),
    may<submit::Cancel>("", ""),           may<delivery::Deliver>("", ""),      may<mailbox::Grant>("", ""),
    may<mailbox::HandOver>("", ""),
};

}  // namespace

std::span<const Permission> permissions() { return between_daemons; }
std::span<const Permission> supervisor_permissions() { return to_supervisor; }
std::span<const Permission> all_messages() { return every_message; }

bool may_send(std::string_view from, std::string_view to, std::uint16_t type) {
  for (const Permission& p : between_daemons) {
    if (p.from == from && p.to == to && p.type == type) return true;
  }
  for (const Permission& p : to_supervisor) {
    if (p.from == from && p.to == to && p.type == type) return true;
  }
  return false;
}

bool are_connected(std::string_view a, std::string_view b) {
  for (const Permission& p : between_daemons) {
    if ((p.from == a && p.to == b) || (p.from == b && p.to == a)) return true;
  }
  return false;
}

}  // namespace courier
