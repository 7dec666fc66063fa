#include "wire/message/envelope.h"

#include <algorithm>

#include "base/text.h"
#include "wire/message/field.h"

namespace courier::message {

namespace {

struct TextField {
  std::string_view name;
  std::optional<std::string> Envelope::* place;
};
constexpr TextField text_fields[] = {{"Date", &Envelope::date},
                                     {"Subject", &Envelope::subject},
                                     {"In-Reply-To", &Envelope::in_reply_to},
                                     {"Message-ID", &Envelope::message_id}};

struct AddressField {
  std::string_view name;
  std::vector<Address> Envelope::* place;
  bool all = false;
};
constexpr AddressField address_fields[] = {{"From", &Envelope::from},   {"Sender", &Envelope::sender}, {"Reply-To", &Envelope::reply_to},
                                           {"To", &Envelope::to, true}, {"Cc", &Envelope::cc, true},   {"Bcc", &Envelope::bcc, true}};

constexpr std::size_t most_addresses = 5'000;  // in one list, however many fields make it

}  // namespace

bool is_envelope_field(std::string_view name) {
  for (const auto& field : text_fields) {
    if (iequals(field.name, name)) return true;
  }
  for (const auto& field : address_fields) {
    if (iequals(field.name, name)) return true;
  }
  return false;
}

void add_field(Envelope& envelope, std::string_view name, std::string_view value) {
  for (const auto& field : text_fields) {
    auto& place = envelope.*field.place;
    if (iequals(field.name, name) && !place) place = unfold(value);
  }
  for (const auto& field : address_fields) {
    auto& place = envelope.*field.place;
    if (!iequals(field.name, name) || (!place.empty() && !field.all)) continue;
    const std::size_t room = most_addresses - std::min(most_addresses, place.size());
    for (auto& address : parse_addresses(value, room)) place.push_back(std::move(address));
  }
}

void complete(Envelope& envelope) {
  if (envelope.sender.empty()) envelope.sender = envelope.from;
  if (envelope.reply_to.empty()) envelope.reply_to = envelope.from;
}

}  // namespace courier::message
