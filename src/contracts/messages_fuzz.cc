// What a rogue process may send: the same bytes as every message and reply of every contract.
#include <cstdint>

#include "base/testing/codec_round_trip.h"
#include "contracts/auth.h"
#include "contracts/delivery.h"
#include "contracts/directory.h"
#include "contracts/mailbox.h"
#include "contracts/submit.h"

using namespace courier;

namespace {

template <class... Messages>
void try_all(std::string_view bytes) {
  (check_codec_round_trip<Messages>(bytes), ...);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_all<auth::Connected, auth::ConnectedReply, auth::Disconnected, auth::SaslBegin, auth::SaslContinue, auth::SaslReply>(bytes);
  try_all<directory::Lookup, directory::LookupReply, directory::Expand, directory::ExpandReply, directory::Account,
          directory::AccountReply>(bytes);
  try_all<submit::Submit, submit::SubmitReply, submit::OpenBody, submit::OpenBodyReply, submit::AbandonBody, submit::Cancel,
          submit::CancelReply>(bytes);
  try_all<delivery::Deliver, delivery::DeliverReply>(bytes);
  try_all<mailbox::Grant, mailbox::GrantReply, mailbox::HandOver, mailbox::HandOverReply>(bytes);
  return 0;
}
