#include "daemons/front/testing/world.h"

#include "runtime/testing/fake_tls.h"

namespace courier::front::testing {

void FakeAuth::serve(Channel& channel, Loop& loop) {
  loop_ = &loop;
  channel.serve<auth::Connected>([this](auth::Connected request, Deadline) { return connect(std::move(request)); });
  channel.on_notice<auth::Disconnected>([this](auth::Disconnected, std::vector<Descriptor>) { ++disconnected; });
  channel.serve<auth::SaslBegin>([this](auth::SaslBegin request, Deadline) { return begin(std::move(request)); });
  channel.serve<auth::SaslContinue>([this](auth::SaslContinue request, Deadline) { return go_on(std::move(request)); });
}

Task<auth::ConnectedReply> FakeAuth::connect(auth::Connected) {
  if (silent) co_await loop_->sleep(hours(100));
  auth::ConnectedReply reply;
  reply.allowed = refuse_with.empty();
  reply.reason = refuse_with;
  if (reply.allowed) known.insert(reply.connection = ++connected);
  reply.mechanisms_plain = plain;
  reply.mechanisms_tls = tls;
  co_return reply;
}

Task<auth::SaslReply> FakeAuth::begin(auth::SaslBegin request) {
  begun.push_back(request);
  if (!known.contains(request.connection)) {
    auth::SaslReply stranger;
    stranger.step = auth::Step::Refused;
    stranger.reason = "No such connection";
    co_return stranger;
  }
  if (silent) co_await loop_->sleep(hours(100));
  machine_ = sasl::make_server_exchange(request.mechanism, {"servernonce123456789", request.channel_binding, false});
  proven_.clear();
  std::optional<std::string> initial;
  if (request.has_initial) initial = request.initial;
  co_return advance(machine_->respond(initial));
}

Task<auth::SaslReply> FakeAuth::go_on(auth::SaslContinue request) {
  if (request.cancel) {
    ++cancelled;
    co_return auth::SaslReply{};
  }
  if (!proven_.empty()) co_return judge(proven_, true);
  co_return advance(machine_->respond(request.response));
}

auth::SaslReply FakeAuth::advance(sasl::ServerAnswer answer) {
  if (std::holds_alternative<sasl::NeedVerifier>(answer)) answer = machine_->verifier(sasl::make_scram_verifier("secret", "salt"));
  auth::SaslReply reply;
  reply.exchange = 1;
  if (const auto* challenge = std::get_if<sasl::Challenge>(&answer)) {
    reply.step = auth::Step::Challenge;
    reply.data = challenge->data;
  } else if (const auto* proven = std::get_if<sasl::Proven>(&answer)) {
    proven_ = proven->user;
    reply.step = auth::Step::Challenge;
    reply.data = proven->data;
  } else if (const auto* question = std::get_if<sasl::CheckPassword>(&answer)) {
    return judge(question->user, question->password == "secret");
  } else if (std::holds_alternative<sasl::Malformed>(answer)) {
    reply.step = auth::Step::Malformed;
  }
  return reply;
}

auth::SaslReply FakeAuth::judge(const std::string& user, bool right) {
  auth::SaslReply reply;
  if (!right) return reply;
  if (user == "off") {
    reply.step = auth::Step::Refused;
    reply.reason = "IMAP access disabled for this account.";
  } else if (user == "down") {
    reply.step = auth::Step::Unavailable;
  } else if (user == "ann" || user == "bob") {
    reply.step = auth::Step::Success;
    reply.account = user + "@example.test";
    reply.mailbox = "mailbox:v0";
    reply.ticket = 77;
  }
  return reply;
}

void FakeMailbox::serve(Channel& channel) {
  channel.serve_with_descriptors<mailbox::HandOver>(
      [this](WithDescriptors<mailbox::HandOver> request, Deadline) -> Task<WithDescriptors<mailbox::HandOverReply>> {
        struct Wrap {
          static Task<WithDescriptors<mailbox::HandOverReply>> reply(Task<mailbox::HandOverReply> task) {
            co_return WithDescriptors<mailbox::HandOverReply>{co_await std::move(task), {}};
          }
        };
        return Wrap::reply(take(std::move(request)));
      });
}

Task<mailbox::HandOverReply> FakeMailbox::take(WithDescriptors<mailbox::HandOver> request) {
  if (!accepts || request.descriptors.size() != 1) co_return mailbox::HandOverReply{false, "no such ticket"};
  sessions.push_back({std::move(request.message), std::move(request.descriptors[0])});
  co_return mailbox::HandOverReply{true, {}};
}

World::World(Loop& on, WorldOptions options) : loop(on), context{.loop = on, .log = no_log(), .metrics = metrics, .disk = real_disk()} {
  context.start.role = "front";
  context.start.host_name = "mail.example.test";
  context.start.boot = 5;
  context.start.settings = encode_settings(options.settings);
  if (options.certificate) context.start.certificates = {{"chain", "key"}};
  front = std::make_unique<Front>(
      context, [](Loop&, const TlsServerSettings&) { return Result<std::unique_ptr<TlsServerContext>, std::string>(make_fake_tls()); });
  ChannelPair to_auth = make_memory_channels(loop), to_mailbox = make_memory_channels(loop);
  auth.serve(*to_auth.second, loop);
  mailbox.serve(*to_mailbox.second);
  auth_end_ = std::move(to_auth.second);
  mailbox_end_ = std::move(to_mailbox.second);
  context.attach("auth", std::move(to_auth.first));
  context.attach("mailbox:v0", std::move(to_mailbox.first));
  CHECK(front->serve());
}

World::~World() {
  front.reset();
  context.links.clear();
}

void World::restart_auth() {
  ChannelPair pair = make_memory_channels(loop);
  auth.serve(*pair.second, loop);
  auth.known.clear();
  auth_end_ = std::move(pair.second);
  context.attach("auth", std::move(pair.first));
}

StreamPtr World::connect(auth::Service service, bool implicit_tls, const std::string& peer) {
  StreamPair pair = make_memory_streams(loop);
  Endpoint from;
  from.ip = *IpAddress::parse(peer);
  front->take(service, implicit_tls, make_stream_from(from, std::move(pair.first)));
  return std::move(pair.second);
}

}  // namespace courier::front::testing
