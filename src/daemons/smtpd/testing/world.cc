#include "daemons/smtpd/testing/world.h"

namespace courier::smtpd::testing {

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

std::unique_ptr<TlsServerContext> make_fake_tls() { return std::make_unique<FakeTls>(); }

World::World(WorldOptions options)
    : context{.loop = loop,
              .log = no_log(),
              .metrics = metrics,
              .disk = real_disk(),
              .start = {},
              .listeners = {},
              .on_new_peer = {},
              .links = {}} {
  context.start.role = options.role;
  context.start.host_name = "mx.example.test";
  context.start.boot = 5;
  context.start.settings = encode_settings(options.settings);
  if (options.certificate) context.start.certificates = {{"chain", "key"}};
  smtpd = std::make_unique<Smtpd>(context, make_inline_pool(loop), [](Loop&, const TlsServerSettings&) {
    return Result<std::unique_ptr<TlsServerContext>, std::string>(make_fake_tls());
  });
  attach_auth();
  attach_queue();
  CHECK(smtpd->serve());
}

World::~World() {
  smtpd.reset();
  run();
  context.links.clear();
}

void World::attach_queue() {
  ChannelPair pair = make_memory_channels(loop);
  queue.serve(*pair.second);
  far_ends_.push_back(std::move(pair.second));
  context.attach("queue", std::move(pair.first));
}

void World::attach_auth() {
  ChannelPair pair = make_memory_channels(loop);
  auth.serve(*pair.second, loop);
  far_ends_.push_back(std::move(pair.second));
  context.attach("auth", std::move(pair.first));
}

StreamPtr World::connect(Role role, const std::string& peer, bool implicit_tls) {
  StreamPair pair = make_memory_streams(loop, 1u << 20);
  Endpoint from;
  if (peer.empty()) {
    from.path = "/run/socket";
  } else {
    from = {*IpAddress::parse(peer), 40000, {}};
  }
  smtpd->take(role, implicit_tls, std::make_unique<Dressed>(std::move(pair.first), from, false));
  run();
  return std::move(pair.second);
}

std::string talk(World& world, Stream& client, std::string_view text) {
  while (!text.empty()) {
    const auto taken = client.write_now(text);
    if (!taken && !(taken.error() == IoFault::WouldBlock)) break;
    if (taken) text.remove_prefix(*taken);
    world.run();
  }
  world.run();
  std::string out;
  char buffer[4096];
  while (const auto got = client.read_now(buffer)) out.append(buffer, *got);
  return out;
}

}  // namespace courier::smtpd::testing
