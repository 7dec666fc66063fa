// Looking through a message's header section: limits, loops, and what is there. LF line ends.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace courier::rules {

struct HeaderLimits {
  std::size_t bytes = 100'000;  // of the whole section
  std::size_t fields = 500;
  std::size_t line = 5'000;     // octets of one line, without its LF
  std::size_t received = 100;   // Received fields; one more is a loop (RFC 5321, section 6.3)
};

enum class HeaderFault { TooLong, TooManyFields, LineTooLong, Loop };

struct HeaderFacts {
  bool ended = false;              // the end of the section was seen; else `text` may go on
  std::size_t size = 0;            // octets of the fields; the empty line, if there is one, begins here
  bool needs_separator = false;    // the body begins there without an empty line: the message has broken or no fields
  std::size_t fields = 0, received = 0;
  bool has_date = false, has_message_id = false, has_recipients = false;  // recipients: To or Cc
  bool has_mime_version = false;
  std::vector<std::size_t> return_paths;    // where such fields begin
  std::vector<std::string_view> from;       // bodies of From fields, into `text`, still folded
  std::vector<std::string_view> sender;     // and of Sender
};

// `text` is the beginning of a message. Without `ended` everything up to its last LF was header; call again with more.
[[nodiscard]] Result<HeaderFacts, HeaderFault> inspect_header(std::string_view text, const HeaderLimits& limits);

}  // namespace courier::rules
