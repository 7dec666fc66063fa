// Replies (RFC 5321, section 4.2): writing them, for the server; reading them incrementally, for the client.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/smtp/status.h"

namespace courier::smtp {

struct Reply {
  int code = 0;                          // 200..599
  std::optional<EnhancedStatus> status;  // stands on every line
  std::string text;                      // lines joined by '\n', without codes
  bool operator==(const Reply&) const = default;

  [[nodiscard]] bool positive() const { return code < 400; }
  [[nodiscard]] bool transient() const { return code >= 400 && code < 500; }
  [[nodiscard]] bool permanent() const { return code >= 500; }
};

// Appends the reply as it goes over the wire: "250-2.0.0 one\r\n250 2.0.0 two\r\n".
void append(std::string& out, const Reply& reply);
[[nodiscard]] std::string write(const Reply& reply);
// For logs and DSNs: "250 2.0.0 one\n250 2.0.0 two", the delivery contract's form.
[[nodiscard]] std::string quoted(const Reply& reply);

struct ReplyLimits {
  std::size_t line = 2048;    // octets of one line, its end included
  std::size_t total = 65536;  // octets of all lines
};

struct ReplyError {
  const char* expected = "";
};

// Reads one reply after another from bytes that come in any pieces. Lines end in LF or CRLF. An enhanced status code is
// recognised when every line begins with the same one, of the class of the reply code.
class ReplyParser {
 public:
  explicit ReplyParser(ReplyLimits limits = {}) : limits_(limits) {}

  // Takes bytes from the front of `input` up to the end of a reply. Nothing: more is needed (`input` is then empty).
  // After an error the connection is of no use.
  [[nodiscard]] Result<std::optional<Reply>, ReplyError> feed(std::string_view& input);
  // Nothing of an unfinished reply is held.
  [[nodiscard]] bool at_start() const { return line_.empty() && lines_ == 0; }

 private:
  [[nodiscard]] Result<bool, ReplyError> take_line(std::string_view line);
  Reply finish();

  ReplyLimits limits_;
  std::string line_;  // the beginning of a line whose end has not come
  Reply reply_;
  std::size_t lines_ = 0, total_ = 0;
};

}  // namespace courier::smtp
