#include "transports/esmtp/envelope.h"

#include "wire/smtp/command.h"
#include "wire/text/idna.h"

namespace courier::esmtp {

namespace {

// Without SMTPUTF8 a domain goes in its ASCII form and a local part that is not ASCII not at all (RFC 6531, section 3.6).
Result<address::Mailbox, Verdict> outgoing(const std::string& text, const smtp::Capabilities& offers) {
  auto mailbox = address::parse_mailbox(text, address::Utf8::Yes);
  if (!mailbox) return fail(own_verdict(553, "5.1.3", std::string("Bad address: expected ") + mailbox.error().expected + "."));
  if (offers.smtputf8 || mailbox->is_ascii()) return std::move(*mailbox);
  auto domain = domain_to_ascii(mailbox->domain);
  if (domain) mailbox->domain = std::move(*domain);
  if (domain && mailbox->is_ascii()) return std::move(*mailbox);
  return fail(own_verdict(553, "5.6.7", "The host does not take internationalized addresses (SMTPUTF8)."));
}

// RFC 1870: an estimate, with a CR for each line of the ordinary length.
std::uint64_t declared_size(std::uint64_t size) { return size / 75 * 77 + 256; }

}  // namespace

Result<std::string, Verdict> mail_command(const Letter& letter, const smtp::Capabilities& offers, bool null_sender) {
  const delivery::Deliver& request = letter.request();
  smtp::MailCommand mail;
  if (!null_sender && !request.sender.empty()) {
    auto from = outgoing(request.sender, offers);
    if (!from) return fail(from.error());
    mail.from = std::move(*from);
  }
  mail.smtputf8 = offers.smtputf8 && request.smtputf8;
  if (offers.eight_bit_mime && request.eight_bit) mail.body = smtp::BodyType::EightBitMime;
  if (offers.size) mail.size = declared_size(letter.size());
  if (offers.dsn) {
    mail.ret = static_cast<smtp::Return>(request.ret);
    if (!request.envelope_id.empty()) mail.envelope_id = request.envelope_id;
  }
  return smtp::write(mail);
}

Result<std::string, Verdict> rcpt_command(const delivery::Recipient& recipient, const smtp::Capabilities& offers) {
  auto to = outgoing(recipient.address, offers);
  if (!to) return fail(to.error());
  smtp::RcptCommand rcpt;
  rcpt.to = std::move(*to);
  if (offers.dsn) {
    rcpt.notify = recipient.notify;
    rcpt.original = recipient.original;
  }
  return smtp::write(rcpt);
}

}  // namespace courier::esmtp
