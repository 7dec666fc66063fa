// ImapOutput: what a session sends. Text gathers in a buffer that is written when it is large enough and given back when it is
// empty, so that an answer of any length takes little memory and a waiting session none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/stream.h"

namespace courier::mailbox {

// Ends the session from wherever it is; thrown when the connection is gone, caught in ImapSession::run().
struct SessionEnd {
  const char* reason;  // for the log
};

class ImapOutput {
 public:
  // Both outlive the output. `timeout`: how long a client may take nothing.
  ImapOutput(Loop& loop, Stream& stream, Duration timeout) : loop_(loop), stream_(stream), timeout_(timeout) {}

  // Append here.
  [[nodiscard]] std::string& text() { return buffer_; }
  [[nodiscard]] bool due() const { return buffer_.size() >= enough; }
  // Writes everything; throws SessionEnd when that fails.
  [[nodiscard]] Task<> flush();
  // What was appended, then `bytes`, which outlive it. Where that is little it is kept for the next flush().
  [[nodiscard]] Task<> write(std::string_view bytes);
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  static constexpr std::size_t enough = 32 * 1024;  // to be written
  [[nodiscard]] Task<> send(std::string_view bytes);

  Loop& loop_;
  Stream& stream_;
  Duration timeout_;
  std::string buffer_;
  std::uint64_t sent_ = 0;
};

}  // namespace courier::mailbox
