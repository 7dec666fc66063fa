#include "transports/esmtp/esmtp.h"

#include "runtime/listener.h"
#include "runtime/socket_address.h"
#include "transports/esmtp/testing/engine_test_base.h"

namespace courier::esmtp {
namespace {

class EsmtpTest : public EngineTest {
 protected:
  void start() {
    settings.port = 2525;
    context.start.settings = encode_settings(settings);
    daemon = std::make_unique<Esmtp>(context, Doubles{&resolver, &dialer});
    ASSERT_TRUE(daemon->serve());
    ChannelPair pair = make_memory_channels(loop);
    context.attach("queue", std::move(pair.first));
    queue = std::move(pair.second);
  }
  control::Answer ask(std::string verb, std::vector<std::string> arguments = {}) {
    return run_until_done(loop, daemon->ask({std::move(verb), std::move(arguments)}));
  }
  Task<> call_and_note(bool& answered) {
    const auto reply = co_await queue->call(message(), Deadline::never());
    answered = reply.has_value();
  }

  std::unique_ptr<Esmtp> daemon;
  ChannelPtr queue;
};

TEST_F(EsmtpTest, ServesDeliverFromTheQueue) {
  start();
  const auto reply = run_until_done(loop, queue->call(message(), Deadline::never()));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->results.at(0).outcome, Outcome::Relayed);
}

TEST_F(EsmtpTest, TheDaemonMayEndBeforeItsDeliveries) {
  server().answers["MAIL"] = "-";
  start();
  bool answered = false;
  TaskGroup group(loop, no_exceptions());
  group.spawn(call_and_note(answered));
  loop.run_ready();
  EXPECT_EQ(server().messages.size(), 0u);
  daemon.reset();
  loop.run_ready();
  context.links.clear();
  loop.run_ready();
  EXPECT_FALSE(answered);
}

TEST_F(EsmtpTest, SettingsThatDoNotDecodeAreTold) {
  context.start.settings = "garbage";
  Esmtp broken(context, Doubles{&resolver, &dialer});
  const auto served = broken.serve();
  ASSERT_FALSE(served);
  EXPECT_EQ(served.error(), "the settings do not decode");
}

TEST_F(EsmtpTest, ReloadTakesEffectAndSaysWhatWaits) {
  start();
  EsmtpSettings next = settings;
  next.routes = {":[192.0.2.7],25"};
  next.dnssec = !next.dnssec;
  const auto reloaded = daemon->reload(encode_settings(next));
  EXPECT_EQ(reloaded.error, "");
  EXPECT_EQ(reloaded.needs_restart, std::vector<std::string>{"dnssec"});
  server("192.0.2.7");
  const auto reply = run_until_done(loop, queue->call(message(), Deadline::never()));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->results.at(0).remote, "192.0.2.7 [192.0.2.7]");
  EXPECT_NE(daemon->reload("garbage").error, "");
}

TEST_F(EsmtpTest, Explains) {
  one_host("far.test", "backup.far.test", "192.0.2.2", 20);
  settings.routes = {"routed.test:[192.0.2.9],587/SECURITY=VERIFY"};
  settings.logins = {"[192.0.2.9],587 ann secret"};
  start();
  EXPECT_EQ(
      ask("explain", {"bob@far.test"}).json,
      R"({"address":"bob@far.test","domain":"far.test","relay":"","login":"","hosts":[)"
      R"({"name":"mx.far.test","preference":10,"addresses":["192.0.2.1"],"port":2525,"dnssec":false,"tls":"may","tls_broken":false},)"
      R"({"name":"backup.far.test","preference":20,"addresses":["192.0.2.2"],"port":2525,"dnssec":false,"tls":"may","tls_broken":false}],)"
      R"("error":""})");
  EXPECT_EQ(ask("explain", {"bob@routed.test"}).json,
            R"({"address":"bob@routed.test","domain":"routed.test","relay":"192.0.2.9","login":"ann","hosts":[)"
            R"({"name":"192.0.2.9","preference":0,"addresses":["192.0.2.9"],"port":587,"dnssec":false,"tls":"verify","tls_broken":false}],)"
            R"("error":""})");
  EXPECT_NE(ask("explain", {"bob@missing.test"}).json.find("550 5.1.2 No such domain"), std::string::npos);
  EXPECT_EQ(ask("explain").status, 64);
  EXPECT_EQ(ask("dance").status, 64);
}

TEST_F(EsmtpTest, TellsItsStatusAndMetrics) {
  start();
  ASSERT_TRUE(run_until_done(loop, queue->call(message(), Deadline::never())));
  EXPECT_EQ(ask("status").json, R"({"connections":1,"idle":1,"waiting":0,"deliveries":0,"hosts_without_tls":0,"dnssec":"unknown"})");
  EXPECT_NE(metrics.text().find("courier_esmtp_recipients_total{outcome=\"sent\"} 1"), std::string::npos) << metrics.text();
}

// The same engine on a real loop and real sockets.
TEST(EsmtpSockets, DeliversOverTcp) {
  const auto loop = make_loop();
  auto listener = bind_listener({IpAddress::v4(0x7F000001), 0, {}});
  ASSERT_TRUE(listener) << listener.error();
  const Endpoint at = local_endpoint(listener->get());
  Script script;
  ScriptedSession server(*loop, script);
  TaskGroup tasks(*loop, no_exceptions());
  Acceptor acceptor(*loop, std::move(*listener), [&](StreamPtr stream) { tasks.spawn(server.run(std::move(stream))); });

  Metrics metrics;
  FakeResolver resolver;
  DaemonContext context{*loop, no_log(), metrics, real_disk(), {}, {}, nullptr, {}, {}};
  EsmtpSettings settings;
  settings.smarthost = "[127.0.0.1]," + std::to_string(at.port);
  settings.source_ipv4 = "127.0.0.1";
  context.start.settings = encode_settings(settings);
  context.start.host_name = "us.test";
  Engine engine(context, Doubles{&resolver, nullptr});
  ASSERT_EQ(engine.fault(), "");
  delivery::Deliver request;
  request.recipients.resize(1);
  request.recipients[0].address = "bob@far.test";
  request.body = {std::string("Subject: x\n\nhello\n"), false, 18};
  const auto reply = run_until_done(*loop, engine.deliver(request, {}, loop->in(seconds(10))));
  ASSERT_EQ(reply.results.size(), 1u);
  EXPECT_EQ(reply.results[0].outcome, Outcome::Relayed) << reply.results[0].text;
  EXPECT_EQ(script.messages, std::vector<std::string>{"Subject: x\r\n\r\nhello\r\n"});
}

}  // namespace
}  // namespace courier::esmtp
