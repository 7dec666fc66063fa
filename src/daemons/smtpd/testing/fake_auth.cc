#include "base/text.h"
#include "daemons/smtpd/testing/world.h"

namespace courier::smtpd::testing {

void FakeAuth::serve(Channel& channel, Loop& loop) {
  loop_ = &loop;
  channel.serve<auth::Connected>([this](auth::Connected r, Deadline) { return connect(std::move(r)); });
  channel.serve<auth::SaslBegin>([this](auth::SaslBegin r, Deadline) { return begin(std::move(r)); });
  channel.serve<auth::SaslContinue>([this](auth::SaslContinue r, Deadline) { return go_on(std::move(r)); });
  channel.serve<directory::Lookup>([this](directory::Lookup r, Deadline) { return look_up(std::move(r)); });
  channel.on_notice<auth::Disconnected>([this](const auth::Disconnected&, std::vector<Descriptor>) { ++disconnected; });
}

Task<auth::ConnectedReply> FakeAuth::connect(auth::Connected) {
  if (silent) co_await loop_->sleep(hours(1));
  auth::ConnectedReply reply;
  reply.allowed = refuse_with.empty();
  reply.reason = refuse_with;
  if (reply.allowed) reply.connection = ++connected;
  reply.mechanisms_plain = plain_mechanisms;
  reply.mechanisms_tls = {"PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"};
  co_return reply;
}

auth::SaslReply FakeAuth::judge(const std::string& user, const std::string& password) {
  auth::SaslReply reply;
  if (user == "broken") {
    reply.step = auth::Step::Unavailable;
  } else if (password == "secret") {
    reply.step = auth::Step::Success;
    reply.account = user;
    reply.senders = {user, "@aliases.test"};
  }
  return reply;
}

Task<auth::SaslReply> FakeAuth::begin(auth::SaslBegin request) {
  begun.push_back(request);
  mechanism_ = request.mechanism;
  user_.clear();
  if (request.has_initial) co_return co_await go_on({7, false, request.initial});
  auth::SaslReply reply;
  reply.step = auth::Step::Challenge;
  reply.exchange = 7;
  if (mechanism_ == "LOGIN") reply.data = "Username:";
  co_return reply;
}

Task<auth::SaslReply> FakeAuth::go_on(auth::SaslContinue request) {
  auth::SaslReply reply;
  reply.exchange = 7;
  if (request.cancel) {
    ++cancelled;
    co_return reply;
  }
  if (mechanism_ == "LOGIN" && user_.empty()) {
    user_ = request.response;
    reply.step = auth::Step::Challenge;
    reply.data = "Password:";
    co_return reply;
  }
  if (mechanism_ == "LOGIN") co_return judge(user_, request.response);
  const std::vector<std::string_view> parts = split(request.response, '\0');
  reply.step = auth::Step::Malformed;
  if (parts.size() != 3) co_return reply;
  co_return judge(std::string(parts[1]), std::string(parts[2]));
}

Task<directory::LookupReply> FakeAuth::look_up(directory::Lookup request) {
  using directory::Verdict;
  ++looked_up;
  if (silent) co_await loop_->sleep(hours(1));
  const std::string address = to_lower(request.address);
  const std::size_t at = address.rfind('@');
  const std::string local = address.substr(0, at), domain = at == std::string::npos ? "" : address.substr(at + 1);
  directory::LookupReply reply;
  reply.verdict = Verdict::Foreign;
  if (domain == "relayed.test") reply.verdict = Verdict::Relayed;
  if (domain == "example.test" || domain.empty()) {
    reply.verdict = local == "later"                                                                          ? Verdict::Later
                    : local == "list"                                                                         ? Verdict::List
                    : local == "alice" || local == "bob" || local == "postmaster" || local == "j\xC3\xBCrgen" ? Verdict::One
                                                                                                              : Verdict::Unknown;
  }
  co_return reply;
}

}  // namespace courier::smtpd::testing
