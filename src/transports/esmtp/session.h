// Session: one connection to an SMTP server, after or during its opening. Sends bytes, reads replies; what they mean is
// the business of dialogue.h and transaction.h. An idle session holds no buffer and no coroutine.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/stream.h"
#include "runtime/tls.h"
#include "wire/smtp/capabilities.h"
#include "wire/smtp/reply.h"

namespace courier::esmtp {

// The connection is of no use any more.
struct Broken {
  std::string what;  // "connection lost while waiting for the answer to DATA"
};

class Session {
 public:
  // `remote` for logs and results: "mx.example.org [192.0.2.7]".
  Session(StreamPtr stream, std::string remote);

  // `bytes` outlive the await.
  [[nodiscard]] Task<Result<void, Broken>> send(std::string_view bytes, Deadline deadline);
  // `awaited` names the command for the error text.
  [[nodiscard]] Task<Result<smtp::Reply, Broken>> reply(const char* awaited, Deadline deadline);
  // Sends `command`, which gets its CRLF here, and reads the answer.
  [[nodiscard]] Task<Result<smtp::Reply, Broken>> ask(std::string command, const char* awaited, Deadline deadline);

  // What the server sent before the handshake and was not read is discarded (RFC 3207, section 4.2).
  [[nodiscard]] Task<IoResult<void>> start_tls(TlsClientContext& context, TlsClientSettings settings, Deadline deadline);

  // Between two messages: the server neither closed nor said anything. Anything it says then is "421 good bye".
  [[nodiscard]] bool idle_and_alive();

  [[nodiscard]] const std::string& remote() const { return remote_; }
  [[nodiscard]] const TlsFacts* tls() const { return stream_ ? stream_->tls() : nullptr; }
  [[nodiscard]] std::string channel_binding() const { return stream_ ? stream_->channel_binding() : std::string(); }

  smtp::Capabilities offers;
  bool used = false;         // a transaction went over it already
  bool needs_reset = false;  // a transaction was left half done
  bool ended = false;        // it said 421 or broke: not to be used again
  Instant idle_since;

 private:
  IoResult<void> take_bytes();
  Broken broken(const IoError& error, const char* awaited);

  StreamPtr stream_;  // null when a handshake failed
  std::string remote_;
  smtp::ReplyParser parser_;
  std::string unread_;
};

}  // namespace courier::esmtp
