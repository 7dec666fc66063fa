// TlsStream: a Stream that speaks TLS over another one. Shared by the server's and the client's side of runtime/tls.h.
//
// OpenSSL works on the stream below through a small BIO, so that it holds no socket and no buffers of its own while
// nothing moves. Only runtime/tls*.cc include this header.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "runtime/stream.h"

namespace courier::tls {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using SslPtr = std::unique_ptr<SSL, Freed<SSL_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;

// What OpenSSL's error queue says, oldest first; empties it.
[[nodiscard]] std::string openssl_errors();

// What both sides ask of a context: TLS 1.2 or later, no compression, no renegotiation, buffers only while bytes move.
void set_common_options(SSL_CTX* context);

class TlsStream final : public Stream {
 public:
  // `ssl` is set up as client or server, its handshake not begun.
  TlsStream(StreamPtr plain, SslPtr ssl);
  ~TlsStream() override;

  [[nodiscard]] Task<IoResult<void>> handshake(Deadline deadline);
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

  // Client: the name under which a session that the server hands out later is remembered; empty: not at all.
  std::string session_key;

  Task<IoResult<void>> readable(Deadline deadline) override;
  Task<IoResult<void>> writable(Deadline deadline) override;
  IoResult<std::size_t> read_now(std::span<char> into) override;
  // After WouldBlock the same bytes must come again, or nothing more: OpenSSL may have taken the beginning of a record.
  IoResult<std::size_t> write_now(std::string_view bytes) override;
  void acknowledge_now() override { plain_->acknowledge_now(); }
  void finish_writing() override;
  Endpoint local() const override { return plain_->local(); }
  Endpoint peer() const override { return plain_->peer(); }
  const TlsFacts* tls() const override { return &facts_; }
  std::string channel_binding() const override;

 private:
  friend struct StreamBio;
  IoError error_of(int result);
  IoResult<void> flush_backlog();
  void learn_facts();

  StreamPtr plain_;
  SslPtr ssl_;
  TlsFacts facts_;
  IoError transport_error_;        // what the stream below said last, when OpenSSL says SSL_ERROR_SYSCALL
  std::string backlog_;            // alerts that the stream below did not take while reading
  bool keep_writes_ = false;       // the BIO puts what does not fit into backlog_
  bool end_of_stream_ = false;     // the stream below ended
  bool finishing_ = false;         // the stream below is finished once backlog_ is empty
};

}  // namespace courier::tls
