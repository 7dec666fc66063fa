#include "daemons/smtpd/testing/world.h"

#include "runtime/testing/fake_tls.h"

namespace courier::smtpd::testing {

World::World(WorldOptions options) : context{.loop = loop, .log = *options.log, .metrics = metrics, .disk = real_disk()} {
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
  smtpd->take(role, implicit_tls, make_stream_from(from, std::move(pair.first)));
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
