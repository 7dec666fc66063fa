#include "daemons/auth/auth_fixture.h"

namespace courier::auth {

AuthSettings AuthFixture::cheap() {
  AuthSettings settings;
  settings.argon2_memory = 64 << 10;
  settings.argon2_passes = 1;
  settings.default_domain = "example.test";
  return settings;
}

AuthFixture::AuthFixture(AuthSettings settings) : supervisor_(loop), control_(make_memory_channels(loop)) {
  context_ = std::make_unique<DaemonContext>(loop, no_log(), metrics, real_disk());
  context_->start.role = "auth";
  context_->start.host_name = "mail.example.test";
  context_->start.mail_dir = "/mail";
  context_->start.mailbox_shards = 2;
  context_->start.settings = encode_settings(settings);
  context_->supervisor = &supervisor_;
  supervisor_.attach(std::move(control_.first));
  control_.second->serve<control::EnsureMailbox>(
      [this](control::EnsureMailbox request, Deadline) { return take_ensure(std::move(request)); });
  auto database = accounts::AccountDatabase::open_in_memory();
  auth = std::make_unique<Auth>(*context_, Pools{make_inline_pool(loop), make_inline_pool(loop)}, std::move(*database));
  EXPECT_TRUE(auth->serve());
  EXPECT_EQ(ask("domain add", {"example.test"}).status, 0);
  EXPECT_EQ(ask("account add", {"ann@example.test", "password=secret"}).status, 0);
  EXPECT_EQ(ask("account add", {"bob@example.test", "password=hidden"}).status, 0);
}

void AuthFixture::connect(const std::string& peer) {
  ChannelPair pair = make_memory_channels(loop);
  context_->attach(peer, std::move(pair.first));
  if (peer.starts_with("mailbox:")) {
    pair.second->serve<mailbox::Grant>([this](mailbox::Grant grant, Deadline) { return take_grant(std::move(grant)); });
  }
  ends_[peer] = std::move(pair.second);
  loop.run_ready();
}

Task<mailbox::GrantReply> AuthFixture::take_grant(mailbox::Grant grant) {
  grants.push_back(std::move(grant));
  co_return mailbox::GrantReply{mailbox_accepts, mailbox_accepts ? "" : "no"};
}

Task<control::MailboxEnsured> AuthFixture::take_ensure(control::EnsureMailbox request) {
  connect("mailbox:u" + std::to_string(request.uid));
  ensured.push_back(std::move(request));
  co_return control::MailboxEnsured{};
}

control::Answer AuthFixture::ask(const std::string& verb, std::vector<std::string> arguments) {
  auto task = auth->ask({verb, std::move(arguments)});
  task.start();
  loop.run_ready();
  EXPECT_TRUE(task.done());
  return task.take();
}

ConnectedReply AuthFixture::arrive(const std::string& peer, Service service, const std::string& from) {
  auto reply = call(peer, Connected{service, from});
  EXPECT_TRUE(reply);
  return reply.value_or(ConnectedReply{});
}

SaslReply AuthFixture::plain(const std::string& peer, const ConnectedReply& connection, Service service, const std::string& user,
                             const std::string& password, bool tls) {
  SaslBegin begin;
  begin.connection = connection.connection;
  begin.service = service;
  begin.mechanism = "PLAIN";
  begin.has_initial = true;
  begin.initial = '\0' + user + '\0' + password;
  begin.tls = tls;
  auto reply = call(peer, std::move(begin));
  EXPECT_TRUE(reply);
  return reply.value_or(SaslReply{});
}

}  // namespace courier::auth
