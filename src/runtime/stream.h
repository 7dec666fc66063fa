// Stream: a connected byte stream. TCP, Unix, TLS and in-memory ones look alike.
//
// A waiting session holds no buffer: it waits for readable(), then reads into a borrowed one with read_now().
// One coroutine may wait for reading and another for writing at the same time. Destroying a waiting coroutine cancels
// its wait and leaves the stream usable.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/address.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

enum class IoFault {
  WouldBlock,  // from read_now() and write_now() only: wait, then try again
  TimedOut,    // the deadline came
  Closed,      // end of stream: the peer finished sending, or this side was shut down
  Reset,       // the connection broke
  Refused,     // connect: nobody listens there
  Unreachable, // connect: no way to that address
  Protocol,    // TLS: what the peer sent is not TLS, or the handshake failed
  Untrusted,   // TLS: the peer's certificate does not satisfy what was asked
  Other,       // see os_error
};

struct IoError {
  IoFault fault = IoFault::Other;
  int os_error = 0;
  std::string detail;  // for the log
  bool operator==(IoFault f) const { return fault == f; }
};
[[nodiscard]] std::string to_string(const IoError& error);

template <class T>
using IoResult = Result<T, IoError>;

// What a TLS stream knows of its session.
struct TlsFacts {
  std::string version;       // "TLSv1.3"
  std::string cipher;        // "TLS_AES_256_GCM_SHA384"
  int bits = 0;
  std::string server_name;   // SNI the client asked for
  std::string alpn;
  std::string peer_subject;  // of a verified peer certificate, else empty
  bool peer_verified = false;
  bool resumed = false;
};

class Stream {
 public:
  virtual ~Stream() = default;

  // Ready: read_now() will give bytes, Closed or an error (for TLS it may still say WouldBlock once).
  [[nodiscard]] virtual Task<IoResult<void>> readable(Deadline deadline) = 0;
  [[nodiscard]] virtual Task<IoResult<void>> writable(Deadline deadline) = 0;

  // At least one byte, or WouldBlock, Closed, Reset... Never waits.
  [[nodiscard]] virtual IoResult<std::size_t> read_now(std::span<char> into) = 0;
  // At least one byte taken, or an error. Never waits.
  [[nodiscard]] virtual IoResult<std::size_t> write_now(std::string_view bytes) = 0;

  // The peer has more to send at once, and may be waiting until what it sent is acknowledged (Nagle's algorithm), which the system
  // likes to put off (delayed acknowledgements): acknowledges what was read by now, where the system can.
  virtual void acknowledge_now() {}

  // Says that no more will be written (TCP FIN; TLS close_notify first). Reading goes on.
  virtual void finish_writing() = 0;
  // The last words: write_now(), and finish_writing() when all of them were taken. On a TCP connection words and end go out
  // together, in one segment.
  [[nodiscard]] virtual IoResult<std::size_t> write_last(std::string_view bytes);

  [[nodiscard]] virtual Endpoint local() const = 0;
  [[nodiscard]] virtual Endpoint peer() const = 0;
  // Null when not TLS.
  [[nodiscard]] virtual const TlsFacts* tls() const { return nullptr; }
  // TLS channel binding "tls-exporter" (RFC 9266) or, under TLS 1.2, "tls-unique" is not offered: empty. Empty without TLS.
  [[nodiscard]] virtual std::string channel_binding() const { return {}; }

  // Gives the socket away (hand-over to another process, STARTTLS); the stream is closed afterwards. None for streams
  // that are not a plain socket.
  [[nodiscard]] virtual Descriptor release_socket() { return {}; }
};

using StreamPtr = std::unique_ptr<Stream>;

// Reads what is there, at most `into.size()` bytes, waiting for the first.
[[nodiscard]] Task<IoResult<std::size_t>> read_some(Stream& stream, std::span<char> into, Deadline deadline);
// Writes all of `bytes`, which outlive the await.
[[nodiscard]] Task<IoResult<void>> write_all(Stream& stream, std::string_view bytes, Deadline deadline);

// A stream on a connected, non-blocking socket (TCP or Unix), which it owns.
[[nodiscard]] StreamPtr make_socket_stream(Loop& loop, Descriptor socket);
// The same on one that was accepted from `peer`, and on which TCP_NODELAY is set.
[[nodiscard]] StreamPtr make_accepted_stream(Loop& loop, Descriptor socket, Endpoint peer);
// Connects a TCP or Unix stream. `source`, when set, is the local address to bind.
[[nodiscard]] Task<IoResult<StreamPtr>> connect_stream(Loop& loop, Endpoint to, Deadline deadline, const Endpoint* source = nullptr);

// Two ends in memory, for tests: what one writes the other reads. `capacity` is how much may lie between them.
struct StreamPair {
  StreamPtr first, second;
};
[[nodiscard]] StreamPair make_memory_streams(Loop& loop, std::size_t capacity = 65536);

}  // namespace courier
