#include "runtime/frame.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace courier {

namespace {

constexpr std::size_t header_size = 24;
constexpr std::size_t read_block = 32 * 1024;  // glibc tidies its whole heap whenever 64 KiB are freed

struct Header {
  std::uint32_t length = 0;
  std::uint16_t type = 0;
  std::uint16_t descriptors = 0;
  std::uint64_t id = 0;
  std::int64_t time_left_ns = -1;
};
static_assert(sizeof(Header) == header_size);

Header header_at(const char* bytes) {
  Header header;
  std::memcpy(static_cast<void*>(&header), bytes, header_size);
  return header;
}

}  // namespace

std::string write_frame(const Frame& frame) {
  const Header header{static_cast<std::uint32_t>(frame.payload.bytes.size()), frame.type,
                      static_cast<std::uint16_t>(frame.payload.descriptors.size()), frame.id, frame.time_left_ns};
  std::string bytes;
  bytes.reserve(header_size + frame.payload.bytes.size());
  bytes.append(reinterpret_cast<const char*>(&header), header_size);
  return bytes += frame.payload.bytes;
}

std::span<char> FrameReader::room() {
  const std::size_t want = std::max(read_block, missing());
  buffer_.resize_and_overwrite(filled_ + want, [](char*, std::size_t size) { return size; });
  return {buffer_.data() + filled_, want};
}

void FrameReader::arrived(std::size_t count, std::vector<Descriptor> descriptors) {
  filled_ += count;
  if (filled_ == 0) std::string().swap(buffer_);
  std::move(descriptors.begin(), descriptors.end(), std::back_inserter(descriptors_));
}

// Bytes that the frame at the front of the buffer still lacks. Its length is within the limit: next() has seen it.
std::size_t FrameReader::missing() const {
  if (filled_ < header_size) return 0;
  const std::size_t whole = header_size + header_at(buffer_.data()).length;
  return whole > filled_ ? whole - filled_ : 0;
}

// The frames that were given go; a frame that has begun moves to the front. Gives a fault or null.
const char* FrameReader::forget_taken() {
  buffer_.resize(filled_);
  buffer_.erase(0, std::exchange(taken_, 0));
  filled_ = buffer_.size();
  if (!buffer_.empty()) return nullptr;
  std::string().swap(buffer_);
  // Descriptors ride on the first byte of their frame: with no frame begun, none may be left.
  return descriptors_.empty() ? nullptr : "descriptors came without a frame that states them";
}

Result<std::optional<Frame>, const char*> FrameReader::next() {
  const std::size_t left = filled_ - taken_;
  const Header header = left < header_size ? Header{} : header_at(buffer_.data() + taken_);
  if (header.length > limits_.max_frame || header.descriptors > limits_.max_descriptors) return fail("frame beyond the limits");
  if (left < header_size || left - header_size < header.length) {
    if (const char* fault = forget_taken()) return fail(fault);
    return std::nullopt;
  }
  if (descriptors_.size() < header.descriptors) return fail("frame states more descriptors than came with it");
  Frame frame{header.type, header.id, header.time_left_ns, {}};
  frame.payload.bytes.assign(buffer_, taken_ + header_size, header.length);
  const auto last = descriptors_.begin() + header.descriptors;
  frame.payload.descriptors.assign(std::move_iterator(descriptors_.begin()), std::move_iterator(last));
  descriptors_.erase(descriptors_.begin(), last);
  taken_ += header_size + header.length;
  return frame;
}

}  // namespace courier
