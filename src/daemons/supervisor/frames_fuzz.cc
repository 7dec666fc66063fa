// What a rogue process may put on a channel: bytes that are read as frames, and the payload of every frame as every message
// and every reply of every contract.
//
// The first byte of the input is the size of the pieces in which the rest arrives the second time; 0: one.
#include <cstdint>

#include "base/testing/allocated.h"
#include "base/testing/codec_round_trip.h"
#include "contracts/auth.h"
#include "contracts/delivery.h"
#include "contracts/directory.h"
#include "contracts/mailbox.h"
#include "contracts/submit.h"
#include "daemons/supervisor/authority.h"
#include "runtime/control.h"
#include "runtime/testing/read_frames.h"

using namespace courier;

namespace {

constexpr ChannelLimits limits{.max_frame = 64 * 1024, .max_descriptors = 4};

// An empty string takes 4 bytes and becomes 32, and a vector that grows holds up to three times its elements.
constexpr std::size_t memory_a_byte = 24;

template <class Message>
void try_bytes(std::string_view bytes) {
  const Allocated allocated;
  {
    Message message;
    (void)decode(bytes, message);
    CHECK(allocated.most() <= memory_a_byte * bytes.size() + 1024);
  }
  check_codec_round_trip<Message>(bytes);
}

template <class Message>
void try_message(std::string_view bytes) {
  try_bytes<Message>(bytes);
  if constexpr (requires { typename Message::Reply; }) try_bytes<typename Message::Reply>(bytes);
}

template <class... Messages>
void try_each(std::string_view bytes) {
  CHECK(sizeof...(Messages) == all_messages().size());
  (try_message<Messages>(bytes), ...);
}

void try_all(std::string_view bytes) {
  try_each<control::Start, control::OpenChannel, control::Reload, control::Drain, control::Ask, control::GetMetrics, control::EnsureMailbox,
           control::NewTicketKeys, control::ReopenLog, control::NewCertificates, control::ChannelBroken, auth::Connected,
           auth::Disconnected, auth::SaslBegin, auth::SaslContinue, directory::Lookup, directory::Expand, directory::Account,
           submit::Submit, submit::OpenBody, submit::AbandonBody, submit::Cancel, delivery::Deliver, mailbox::Grant, mailbox::HandOver>(
      bytes);
}

// Descriptors that own nothing, but count.
std::vector<Descriptor> descriptors(std::size_t count) { return std::vector<Descriptor>(count); }

void check_written(const Frame& frame) {
  const ReadFrames again = read_frames(write_frame(frame), limits, SIZE_MAX, descriptors(frame.payload.descriptors.size()));
  CHECK(again.fault.empty() && again.frames.size() == 1 && same(again.frames[0], frame));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const ReadFrames whole = read_frames(bytes, limits, SIZE_MAX);
  const ReadFrames pieces = read_frames(bytes, limits, data[0] == 0 ? SIZE_MAX : data[0]);
  CHECK(whole.fault == pieces.fault && whole.frames.size() == pieces.frames.size());
  for (std::size_t i = 0; i < whole.frames.size(); ++i) CHECK(same(whole.frames[i], pieces.frames[i]));
  for (const Frame& frame : read_frames(bytes, limits, SIZE_MAX, descriptors(data[0] % 8)).frames) {
    check_written(frame);
    try_all(frame.payload.bytes);
  }
  return 0;
}
