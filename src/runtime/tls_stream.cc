#include "runtime/tls_stream.h"

#include <openssl/err.h>

namespace courier::tls {

// The BIO between OpenSSL and the stream below.
struct StreamBio {
  static TlsStream& stream_of(BIO* bio) { return *static_cast<TlsStream*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    TlsStream& stream = stream_of(bio);
    BIO_clear_retry_flags(bio);
    const auto got = stream.plain_->read_now({into, static_cast<std::size_t>(size)});
    if (got) return static_cast<int>(*got);
    if (got.error() == IoFault::WouldBlock) {
      BIO_set_retry_read(bio);
    } else if (got.error() == IoFault::Closed) {
      stream.end_of_stream_ = true;
      return 0;
    } else {
      stream.transport_error_ = got.error();
    }
    return -1;
  }

  static int write(BIO* bio, const char* bytes, int size) {
    TlsStream& stream = stream_of(bio);
    const std::string_view all(bytes, static_cast<std::size_t>(size));
    BIO_clear_retry_flags(bio);
    if (stream.keep_writes_ && !stream.backlog_.empty()) {
      stream.backlog_ += all;
      return size;
    }
    const auto taken = stream.plain_->write_now(all);
    if (taken && !(stream.keep_writes_ && *taken < all.size())) return static_cast<int>(*taken);
    if (taken || (stream.keep_writes_ && taken.error() == IoFault::WouldBlock)) {
      stream.backlog_ += all.substr(taken ? *taken : 0);
      return size;
    }
    if (taken.error() == IoFault::WouldBlock) {
      BIO_set_retry_write(bio);
    } else {
      stream.transport_error_ = taken.error();
    }
    return -1;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_FLUSH) return 1;
    if (command == BIO_CTRL_EOF) return stream_of(bio).end_of_stream_ ? 1 : 0;
    return 0;
  }

  static BIO* make(TlsStream& stream) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "courier stream");
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* bio = BIO_new(method);
    BIO_set_data(bio, &stream);
    BIO_set_init(bio, 1);
    return bio;
  }
};

std::string openssl_errors() {
  std::string text;
  char line[256];
  while (const unsigned long code = ERR_get_error()) {
    ERR_error_string_n(code, line, sizeof line);
    if (!text.empty()) text += "; ";
    text += line;
  }
  return text;
}

void set_common_options(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 0);
}

TlsStream::TlsStream(StreamPtr plain, SslPtr ssl) : plain_(std::move(plain)), ssl_(std::move(ssl)) {
  BIO* bio = StreamBio::make(*this);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
}

TlsStream::~TlsStream() = default;

Task<IoResult<void>> TlsStream::handshake(Deadline deadline) {
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) break;
    const int wanted = SSL_get_error(ssl_.get(), result);
    IoResult<void> waited;
    if (wanted == SSL_ERROR_WANT_READ) {
      waited = co_await plain_->readable(deadline);
    } else if (wanted == SSL_ERROR_WANT_WRITE) {
      waited = co_await plain_->writable(deadline);
    } else {
      IoError error = error_of(result);
      const long verdict = SSL_get_verify_result(ssl_.get());
      if (SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE && verdict != X509_V_OK) {
        error = {IoFault::Untrusted, 0, X509_verify_cert_error_string(verdict)};
      }
      co_return fail(std::move(error));
    }
    if (!waited) co_return fail(waited.error());
  }
  learn_facts();
  co_return IoResult<void>{};
}

void TlsStream::learn_facts() {
  SSL* ssl = ssl_.get();
  facts_.version = SSL_get_version(ssl);
  facts_.cipher = SSL_get_cipher_name(ssl);
  facts_.bits = SSL_get_cipher_bits(ssl, nullptr);
  if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) facts_.server_name = name;
  const unsigned char* alpn = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &length);
  facts_.alpn.assign(reinterpret_cast<const char*>(alpn), length);
  facts_.resumed = SSL_session_reused(ssl) == 1;
  X509* peer = SSL_get0_peer_certificate(ssl);
  facts_.peer_verified = peer && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl) == X509_V_OK;
  if (facts_.peer_verified) {
    char subject[512] = {};
    X509_NAME_oneline(X509_get_subject_name(peer), subject, sizeof subject);
    facts_.peer_subject = subject;
  }
}

// Neither touches the stream after its wait: it may be destroyed while they wait.
Task<IoResult<void>> TlsStream::readable(Deadline deadline) {
  if (SSL_pending(ssl_.get()) > 0) co_return IoResult<void>{};
  co_return co_await plain_->readable(deadline);
}
Task<IoResult<void>> TlsStream::writable(Deadline deadline) { co_return co_await plain_->writable(deadline); }

IoResult<std::size_t> TlsStream::read_now(std::span<char> into) {
  if (auto flushed = flush_backlog(); !flushed) return fail(flushed.error());
  ERR_clear_error();
  std::size_t got = 0;
  keep_writes_ = true;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
  keep_writes_ = false;
  if (result == 1) return got;
  return fail(error_of(result));
}

IoResult<std::size_t> TlsStream::write_now(std::string_view bytes) {
  if (auto flushed = flush_backlog(); !flushed) return fail(flushed.error());
  if (!backlog_.empty()) return fail(IoError{IoFault::WouldBlock, 0, {}});
  ERR_clear_error();
  std::size_t taken = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
  if (result == 1) return taken;
  return fail(error_of(result));
}

void TlsStream::finish_writing() {
  if (finishing_) return;
  ERR_clear_error();
  keep_writes_ = true;
  SSL_shutdown(ssl_.get());
  keep_writes_ = false;
  finishing_ = true;
  if (backlog_.empty()) plain_->finish_writing();
}

IoResult<void> TlsStream::flush_backlog() {
  if (backlog_.empty()) return {};
  const auto taken = plain_->write_now(backlog_);
  if (!taken) {
    if (taken.error() == IoFault::WouldBlock) return {};
    return fail(taken.error());
  }
  backlog_.erase(0, *taken);
  if (!backlog_.empty()) return {};
  backlog_.shrink_to_fit();
  if (finishing_) plain_->finish_writing();
  return {};
}

IoError TlsStream::error_of(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {IoFault::WouldBlock, 0, {}};
    case SSL_ERROR_ZERO_RETURN: return {IoFault::Closed, 0, {}};
    case SSL_ERROR_SYSCALL: return transport_error_;
    default:
      if (end_of_stream_) return {IoFault::Reset, 0, "TLS: the connection ended without close_notify"};
      return {IoFault::Protocol, 0, openssl_errors()};
  }
}

// RFC 9266, section 4: label "EXPORTER-Channel-Binding", no context, 32 bytes.
std::string TlsStream::channel_binding() const {
  if (SSL_version(ssl_.get()) < TLS1_3_VERSION) return {};
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::string binding(32, '\0');
  if (SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(binding.data()), binding.size(), label.data(), label.size(),
                                 nullptr, 0, 0) != 1) {
    return {};
  }
  return binding;
}

}  // namespace courier::tls
