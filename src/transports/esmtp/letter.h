// Letter: a message on its way out: the contract's request and the bytes of its body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "contracts/delivery.h"

namespace courier::esmtp {

class Letter {
 public:
  // `file` is the request's descriptor 0, when the body is in one.
  Letter(delivery::Deliver request, Descriptor file) : request_(std::move(request)), file_(std::move(file)) {}

  [[nodiscard]] const delivery::Deliver& request() const { return request_; }
  [[nodiscard]] std::uint64_t size() const { return request_.body.in_file ? request_.body.size : request_.body.bytes.size(); }
  // The body was promised and is not there.
  [[nodiscard]] bool damaged() const { return request_.body.in_file ? !file_ : request_.body.bytes.size() != request_.body.size; }

  // The bytes from `offset` on: all of an inline body; of a file up to 64 KiB, read into `buffer`. Empty at the end;
  // nothing when the file cannot be read.
  [[nodiscard]] std::optional<std::string_view> read(std::uint64_t offset, std::string& buffer) const;

  // Some byte of the body, or of its header section alone, is above 127. A file that cannot be read has none.
  [[nodiscard]] bool eight_bit_body() const;
  [[nodiscard]] bool eight_bit_header() const;

 private:
  delivery::Deliver request_;
  Descriptor file_;
};

}  // namespace courier::esmtp
