// Input: what the client sends, as lines and as plain bytes.
//
// Only CRLF ends a line. A CR or LF anywhere else is a fault as soon as it is seen, wherever the network cut the bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "daemons/smtpd/buffers.h"
#include "runtime/stream.h"

namespace courier::smtpd {

enum class InputFault {
  Closed,       // the client ended the connection, or it broke
  TimedOut,
  TooLong,      // the line; it has been skipped to its end
  BareLineEnd,  // CR without LF or LF without CR
};

class Input {
 public:
  // Both outlive the input; the stream may be replaced between two waits (STARTTLS).
  Input(StreamPtr& stream, Buffers& buffers) : stream_(stream), buffers_(buffers) {}
  ~Input() { buffers_.give_back(std::move(buffer_)); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // The next line, without its end, when all of it is here. It stays valid until the next wait.
  [[nodiscard]] std::optional<Result<std::string_view, InputFault>> try_line(std::size_t limit);
  // Waits for the next line.
  [[nodiscard]] Task<Result<std::string_view, InputFault>> line(std::size_t limit, Deadline deadline);

  // Bytes that are here. The caller gives what is left of them back with keep().
  [[nodiscard]] std::string_view bytes() const;
  void keep(std::string_view rest) { begin_ = end_ - rest.size(); }
  // Waits for more bytes and reads them.
  [[nodiscard]] Task<Result<void, InputFault>> fill(Deadline deadline);
  // Its two halves, for who waits often: the wait, during which the buffer is given back, and the reading with what came of the
  // wait. Seldom nothing is there after all: wait again.
  [[nodiscard]] Task<IoResult<void>> readable(Deadline deadline);
  [[nodiscard]] Result<void, InputFault> read(const IoResult<void>& ready);
  // Forgets everything that was received (RFC 3207, section 4.2).
  void discard();

 private:
  void set_aside();

  StreamPtr& stream_;
  Buffers& buffers_;
  std::unique_ptr<Buffer> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // what is unread in the buffer
  std::size_t scanned_ = 0;          // of that, without a line end
  std::string kept_;                 // the beginning of a line while waiting for its rest
  bool skipping_ = false;            // a line was too long: its end is awaited
  bool more_waits_ = false;          // the last read filled the buffer
};

}  // namespace courier::smtpd
