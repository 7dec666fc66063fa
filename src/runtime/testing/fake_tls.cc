#include "runtime/testing/fake_tls.h"

namespace courier {

namespace {

// A stream with the peer and the TLS facts a test wants.
class Dressed final : public Stream {
 public:
  Dressed(StreamPtr inner, Endpoint peer, bool tls) : inner_(std::move(inner)), peer_(std::move(peer)), is_tls_(tls) {
    facts_.version = "TLSv1.3";
    facts_.cipher = "TLS_AES_256_GCM_SHA384";
    facts_.bits = 256;
  }
  Task<IoResult<void>> readable(Deadline deadline) override { return inner_->readable(deadline); }
  Task<IoResult<void>> writable(Deadline deadline) override { return inner_->writable(deadline); }
  IoResult<std::size_t> read_now(std::span<char> into) override { return inner_->read_now(into); }
  IoResult<std::size_t> write_now(std::string_view bytes) override { return inner_->write_now(bytes); }
  void finish_writing() override { inner_->finish_writing(); }
  Endpoint local() const override { return inner_->local(); }
  Endpoint peer() const override { return peer_; }
  const TlsFacts* tls() const override { return is_tls_ ? &facts_ : nullptr; }
  std::string channel_binding() const override { return is_tls_ ? "binding" : ""; }

 private:
  StreamPtr inner_;
  Endpoint peer_;
  bool is_tls_;
  TlsFacts facts_;
};

class FakeTls final : public TlsServerContext {
 public:
  void set_ticket_keys(const TicketKeys&) override {}
  Task<IoResult<StreamPtr>> accept(StreamPtr plain, Deadline deadline) override {
    std::string hello;
    while (hello.size() < 5) {
      char byte = 0;
      const auto got = co_await read_some(*plain, {&byte, 1}, deadline);
      if (!got) co_return fail(got.error());
      hello += byte;
    }
    if (hello != "TLS\r\n") co_return fail(IoError{IoFault::Protocol, 0, "no TLS"});
    const Endpoint peer = plain->peer();
    co_return std::make_unique<Dressed>(std::move(plain), peer, true);
  }
};

}  // namespace

StreamPtr make_stream_from(Endpoint peer, StreamPtr inner) { return std::make_unique<Dressed>(std::move(inner), std::move(peer), false); }

std::unique_ptr<TlsServerContext> make_fake_tls() { return std::make_unique<FakeTls>(); }

}  // namespace courier
