// What a rogue process may say to the supervisor, and what it is told: the same bytes as every message of runtime/control.h.
#include "runtime/control.h"

#include <cstdint>

#include "base/testing/codec_round_trip.h"

using namespace courier;

namespace {

template <class... Messages>
void try_all(std::string_view bytes) {
  (check_codec_round_trip<Messages>(bytes), ...);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace control;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_all<Start, Started, OpenChannel, ChannelBroken, Reload, Reloaded, Drain, Drained, Ask, Answer>(bytes);
  try_all<GetMetrics, MetricsText, EnsureMailbox, MailboxEnsured, NewTicketKeys, ReopenLog, NewCertificates>(bytes);
  return 0;
}
