#include "runtime/frame.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace courier {

namespace {

struct Header {
  std::uint32_t length = 0;
  std::uint16_t type = 0;
  std::uint16_t descriptors = 0;
  std::uint64_t id = 0;
  std::int64_t time_left_ns = -1;
};
static_assert(sizeof(Header) == sizeof(FrameHeader));

// Moves from the front of `from` what fits behind the first `filled` bytes of `to`.
void move_into(std::span<char> to, std::size_t& filled, std::string_view& from) {
  const std::size_t count = from.copy(to.data() + filled, to.size() - filled);
  from.remove_prefix(count);
  filled += count;
}

}  // namespace

FrameHeader write_header(const Frame& frame) {
  const Header header{static_cast<std::uint32_t>(frame.payload.bytes.size()), frame.type,
                      static_cast<std::uint16_t>(frame.payload.descriptors.size()), frame.id, frame.time_left_ns};
  FrameHeader bytes;
  std::memcpy(bytes.data(), &header, bytes.size());
  return bytes;
}

std::span<char> FrameReader::room() { return std::span(frame_.payload.bytes).subspan(payload_filled_); }

void FrameReader::arrived(std::size_t count, std::vector<Descriptor> descriptors) {
  payload_filled_ += count;
  std::move(descriptors.begin(), descriptors.end(), std::back_inserter(descriptors_));
}

Result<std::optional<Frame>, const char*> FrameReader::next(std::string_view& more) {
  if (header_filled_ < header_.size()) {
    move_into(header_, header_filled_, more);
    // Descriptors ride on the first byte of their frame: with no frame begun, none may be left.
    if (header_filled_ == 0 && !descriptors_.empty()) return fail("descriptors came without a frame that states them");
    if (header_filled_ < header_.size()) return std::nullopt;
    if (const char* fault = begin_payload()) return fail(fault);
  }
  move_into(frame_.payload.bytes, payload_filled_, more);
  if (payload_filled_ < frame_.payload.bytes.size()) return std::nullopt;
  return finish();
}

// The header is whole. Memory is taken only for a payload within the limit. Gives a fault or null.
const char* FrameReader::begin_payload() {
  Header header;
  std::memcpy(static_cast<void*>(&header), header_.data(), header_.size());
  if (header.length > limits_.max_frame || header.descriptors > limits_.max_descriptors) return "frame beyond the limits";
  frame_ = {header.type, header.id, header.time_left_ns, {}};
  frame_.payload.bytes.resize_and_overwrite(header.length, [&](char*, std::size_t) { return header.length; });
  stated_ = header.descriptors;
  return nullptr;
}

Result<std::optional<Frame>, const char*> FrameReader::finish() {
  if (descriptors_.size() < stated_) return fail("frame states more descriptors than came with it");
  const auto last = descriptors_.begin() + static_cast<std::ptrdiff_t>(stated_);
  frame_.payload.descriptors.assign(std::move_iterator(descriptors_.begin()), std::move_iterator(last));
  descriptors_.erase(descriptors_.begin(), last);
  header_filled_ = payload_filled_ = 0;
  return std::exchange(frame_, {});
}

}  // namespace courier
