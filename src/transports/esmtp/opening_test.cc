#include "transports/esmtp/opening.h"

#include "base/encode.h"
#include "transports/esmtp/testing/engine_test_base.h"

namespace courier::esmtp {
namespace {

using Lines = std::vector<std::string>;

TEST_F(EngineTest, HostsAreTriedByPreference) {
  one_host("far.test", "backup.far.test", "192.0.2.2", 20);
  one_host("far.test", "best.far.test", "192.0.2.3", 5);
  server("192.0.2.2");
  dialer.down("192.0.2.1");
  EXPECT_EQ(deliver_one().remote, "backup.far.test [192.0.2.2]");
  EXPECT_EQ(dialer.dialed, (Lines{"192.0.2.3:2525", "192.0.2.1:2525", "192.0.2.2:2525"}));
}

TEST_F(EngineTest, EqualPreferencesAreShuffled) {
  one_host("far.test", "b.far.test", "192.0.2.2");
  server("192.0.2.2");
  std::map<std::string, int> first;
  for (int i = 0; i < 100; ++i) {
    dialer.dialed.clear();
    deliver_one();
    ++first[dialer.dialed.at(0)];
    loop.advance(minutes(10));
  }
  EXPECT_GT(first["192.0.2.1:2525"], 20);
  EXPECT_GT(first["192.0.2.2:2525"], 20);
}

TEST_F(EngineTest, AHostThatTurnsUsAwayIsPassedOver) {
  for (const char* stage : {"greeting", "EHLO"}) {
    for (const char* answer : {"421 4.3.2 busy", "450 4.3.2 busy", "554 5.3.2 go away", ""}) {
      resolver.mx_records.clear();
      one_host("far.test", "mx.far.test", "192.0.2.1", 10);
      one_host("far.test", "backup.far.test", "192.0.2.2", 20);
      server() = server("192.0.2.2") = Script();
      server().answers[stage] = answer;
      server().answers["HELO"] = answer;
      const auto result = deliver_one();
      EXPECT_EQ(result.outcome, Outcome::Relayed) << stage << answer;
      EXPECT_EQ(result.remote, "backup.far.test [192.0.2.2]");
      engine_.reset();
    }
  }
}

TEST_F(EngineTest, WhenEveryHostTurnsUsAwayItIsDeferredWithItsWords) {
  server().answers["greeting"] = "554 5.7.1 blocked";
  const auto reply = deliver(message());
  EXPECT_EQ(reply.results[0].outcome, Outcome::Deferred);
  EXPECT_EQ(reply.results[0].reply, "554 5.7.1 blocked");
  EXPECT_EQ(reply.results[0].status, "4.7.1");
  EXPECT_EQ(reply.site_pause_ms, 0);
}

TEST_F(EngineTest, ASiteThatCannotBeReachedIsLeftAloneForAWhile) {
  one_host("far.test", "slow.far.test", "192.0.2.2", 20);
  dialer.down("192.0.2.1");
  dialer.silent = {"192.0.2.2"};
  settings.connect_timeout = seconds(30);
  const Instant start = loop.now();
  const auto reply = deliver(message());
  EXPECT_EQ(reply.results[0].outcome, Outcome::Deferred);
  EXPECT_EQ(reply.results[0].status, "4.4.1");
  EXPECT_EQ(reply.site_pause_ms, 300'000);
  EXPECT_EQ((loop.now() - start).seconds(), 30);
}

TEST_F(EngineTest, EveryAddressOfAHostIsTried) {
  resolver.a_records["mx.far.test"]->records.push_back(*IpAddress::parse("192.0.2.9"));
  resolver.aaaa_records["mx.far.test"] = DnsAnswer<IpAddress>{{*IpAddress::parse("2001:db8::1")}, false, ""};
  server("2001:db8::1");
  dialer.down("192.0.2.1");
  EXPECT_EQ(deliver_one().remote, "mx.far.test [2001:db8::1]");
  EXPECT_EQ(dialer.dialed, (Lines{"192.0.2.1:2525", "192.0.2.9:2525", "[2001:db8::1]:2525"}));
}

TEST_F(EngineTest, Ipv6First) {
  settings.ip = "ipv6-first";
  resolver.aaaa_records["mx.far.test"] = DnsAnswer<IpAddress>{{*IpAddress::parse("2001:db8::1")}, false, ""};
  server();
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(dialer.dialed, (Lines{"[2001:db8::1]:2525", "192.0.2.1:2525"}));
}

TEST_F(EngineTest, DnsDecides) {
  resolver.mx_records["nodata.test"] = fail(DnsFault::NoData);
  resolver.a_records["nodata.test"] = DnsAnswer<IpAddress>{{*IpAddress::parse("192.0.2.1")}, false, ""};
  resolver.mx_records["nothing.test"] = fail(DnsFault::NoData);
  resolver.a_records["nothing.test"] = resolver.aaaa_records["nothing.test"] = fail(DnsFault::NoData);
  resolver.mx_records["later.test"] = fail(DnsFault::TryAgain);
  resolver.mx_records["forged.test"] = fail(DnsFault::Bogus);
  resolver.mx_records["null.test"] = DnsAnswer<MxRecord>{{{0, ""}}, false, ""};
  resolver.mx_records["broken.test"] = DnsAnswer<MxRecord>{{{0, "192.0.2.1"}}, false, ""};
  resolver.mx_records["dangling.test"] = DnsAnswer<MxRecord>{{{0, "gone.test"}}, false, ""};
  resolver.mx_records["half.test"] = DnsAnswer<MxRecord>{{{0, "half.test"}}, false, ""};
  resolver.a_records["half.test"] = fail(DnsFault::TryAgain);
  const struct {
    const char* domain;
    Outcome outcome;
    const char* status;
  } rows[] = {
      {"nodata.test", Outcome::Relayed, "2.0.0"}, {"missing.test", Outcome::Failed, "5.1.2"},  {"nothing.test", Outcome::Failed, "5.4.4"},
      {"later.test", Outcome::Deferred, "4.4.3"}, {"forged.test", Outcome::Deferred, "4.4.3"}, {"null.test", Outcome::Failed, "5.1.10"},
      {"broken.test", Outcome::Failed, "5.4.4"},  {"dangling.test", Outcome::Failed, "5.1.2"}, {"half.test", Outcome::Deferred, "4.4.3"},
      {"[192.0.2.1]", Outcome::Relayed, "2.0.0"},
  };
  server();
  for (const auto& row : rows) {
    const auto result = deliver(message({std::string("bob@") + row.domain})).results[0];
    EXPECT_EQ(result.outcome, row.outcome) << row.domain;
    EXPECT_EQ(result.status, row.status) << row.domain;
  }
  EXPECT_EQ(deliver(message({"bob@null.test"})).results[0].reply, "556 5.1.10 Domain does not receive mail: null.test.");
}

TEST_F(EngineTest, MailThatLoopsBackToUsFails) {
  one_host("ours.test", "us.test", "192.0.2.50", 10);
  one_host("ours.test", "worse.test", "192.0.2.1", 10);
  server();
  EXPECT_EQ(deliver(message({"bob@ours.test"})).results[0].status, "5.4.6");
  EXPECT_TRUE(dialer.dialed.empty());
  // A better host than we are may be tried.
  one_host("ours.test", "better.test", "192.0.2.1", 5);
  EXPECT_EQ(deliver(message({"bob@ours.test"})).results[0].remote, "better.test [192.0.2.1]");
  EXPECT_EQ(dialer.dialed.size(), 1u);
}

class TlsEngineTest : public EngineTest {
 protected:
  TlsEngineTest() {
    TlsServerSettings tls;
    tls.certificates = {certificate};
    server_tls = std::move(*make_tls_server(loop, tls));
    server().tls = server_tls.get();
  }
  const TlsCertificate certificate = make_self_signed({"mx.far.test"});
  std::unique_ptr<TlsServerContext> server_tls;
};

TEST_F(TlsEngineTest, StarttlsIsUsedWhenOffered) {
  server().offers_with_tls = {"PIPELINING", "DSN"};
  EXPECT_EQ(deliver_one().outcome, Outcome::Forwarded);  // what counts is what was offered under TLS
  EXPECT_EQ(server().tls_connections, 1u);
  EXPECT_EQ(server().commands,
            (Lines{"EHLO us.test", "STARTTLS", "EHLO us.test", "MAIL FROM:<ann@us.test>", "RCPT TO:<bob@far.test>", "DATA"}));
}

TEST_F(TlsEngineTest, AFailedHandshakeLeadsToPlainTextAndIsRemembered) {
  for (const char* answer : {"454 4.7.0 not now", "220 but no TLS follows", ""}) {
    server() = Script();
    server().tls = server_tls.get();
    server().answers["STARTTLS"] = answer;
    if (std::string(answer).starts_with("220")) server().tls = nullptr, server().offers.emplace_back("STARTTLS");
    EXPECT_EQ(deliver_one().outcome, Outcome::Relayed) << answer;
    EXPECT_EQ(server().connections, 2u) << answer;
    loop.advance(minutes(5));  // the kept connection is gone
    EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
    EXPECT_EQ(server().connections, 3u) << "without another try of TLS";
    loop.advance(hours(3));
    EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
    EXPECT_EQ(server().connections, 5u) << "forgotten after two hours";
    engine_.reset();
  }
}

TEST_F(TlsEngineTest, NoneNeverAsksForTls) {
  settings.tls = "none";
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().tls_connections, 0u);
}

TEST_F(TlsEngineTest, RequireNeverGoesWithout) {
  settings.tls = "require";
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().tls_connections, 1u);
  engine_.reset();
  server().answers["STARTTLS"] = "454 4.7.0 not now";
  EXPECT_EQ(deliver_one().outcome, Outcome::Deferred);
  engine_.reset();
  server() = Script();
  EXPECT_EQ(deliver_one().outcome, Outcome::Failed);
  EXPECT_EQ(server().messages.size(), 0u);
  // One host that may yet serve outweighs those that never will.
  engine_.reset();
  one_host("far.test", "down.far.test", "192.0.2.2", 20);
  EXPECT_EQ(deliver_one().outcome, Outcome::Deferred);
}

TEST_F(TlsEngineTest, VerifyWantsTheNameAndTheRoot) {
  settings.tls = "verify";
  auto result = deliver_one();
  EXPECT_EQ(result.outcome, Outcome::Deferred);
  EXPECT_EQ(result.status, "4.7.5");
  engine_.reset();
  const std::string path = testing::TempDir() + "/courier-trust-" + std::to_string(::getpid()) + ".pem";
  ASSERT_TRUE(replace_file(real_disk(), path, certificate.chain_pem));
  settings.trust_file = path;
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  engine_.reset();
  resolver.mx_records.clear();
  one_host("far.test", "alias.far.test", "192.0.2.1");
  EXPECT_EQ(deliver_one().outcome, Outcome::Deferred);
  ASSERT_TRUE(real_disk().unlink(path));
}

TEST_F(TlsEngineTest, DaneIsFollowedWhenDnsIsSecure) {
  settings.dane = true;
  resolver.mx_records["far.test"]->secure = resolver.a_records["mx.far.test"]->secure = true;
  std::string body = certificate.chain_pem.substr(28, certificate.chain_pem.find("-----END") - 28);
  std::erase(body, '\n');
  auto& tlsa = resolver.tlsa_records["_2525._tcp.mx.far.test"];
  tlsa = DnsAnswer<TlsaRecord>{{{3, 0, 0, base64_decode(body).value()}}, true, ""};
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  engine_.reset();
  tlsa->records = {{3, 1, 1, std::string(32, 'x')}};
  EXPECT_EQ(deliver_one().outcome, Outcome::Deferred);
  engine_.reset();
  tlsa->secure = false;  // then it says nothing
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  engine_.reset();
  tlsa = fail(DnsFault::TryAgain);
  EXPECT_EQ(deliver_one().status, "4.7.5");
  engine_.reset();
  resolver.mx_records["far.test"]->secure = false;
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
}

TEST_F(TlsEngineTest, ASmarthostTakesEverythingAfterASignIn) {
  settings.smarthost = "relay.test,587";
  settings.logins = {"relay.test,587 ann secret"};
  resolver.mx_records["relay.test"] = fail(DnsFault::NoData);
  resolver.a_records["relay.test"] = DnsAnswer<IpAddress>{{*IpAddress::parse("192.0.2.1")}, false, ""};
  server().offers_with_tls = {"AUTH PLAIN LOGIN", "PIPELINING"};
  EXPECT_EQ(deliver(message({"bob@anywhere.test"})).results[0].remote, "relay.test [192.0.2.1]");
  EXPECT_EQ(dialer.dialed, Lines{"192.0.2.1:587"});
  EXPECT_EQ(server().commands.at(3), "AUTH PLAIN " + base64_encode(std::string("\0ann\0secret", 11)));
  // Another domain, the same connection.
  EXPECT_EQ(deliver(message({"bob@else.test"})).results[0].outcome, Outcome::Relayed);
  EXPECT_EQ(server().connections, 1u);
}

TEST_F(TlsEngineTest, WithoutACommonWayToSignInMailFailsAndAWrongPasswordWaits) {
  settings.routes = {"far.test:[192.0.2.1]"};
  settings.logins = {"[192.0.2.1] ann secret"};
  server().offers_with_tls = {"AUTH GSSAPI"};
  auto result = deliver_one();
  EXPECT_EQ(result.outcome, Outcome::Failed);
  EXPECT_EQ(result.reply, "500 5.7.4 192.0.2.1 [192.0.2.1]: Compatible SASL authentication not available.");
  engine_.reset();
  server().offers_with_tls = {"AUTH PLAIN"};
  server().answers["AUTH"] = "535 5.7.8 wrong";
  result = deliver_one();
  EXPECT_EQ(result.outcome, Outcome::Deferred);
  EXPECT_EQ(result.reply, "535 5.7.8 wrong");
  engine_.reset();
  settings.routes = {"far.test:[192.0.2.1]/SECURITY=NONE"};  // PLAIN would show the password
  server().offers = {"AUTH PLAIN"};
  EXPECT_EQ(deliver_one().outcome, Outcome::Failed);
  for (const auto& command : server().commands)
    EXPECT_EQ(command.find(base64_encode(std::string("\0ann\0secret", 11))) != std::string::npos,
              command.starts_with("AUTH PLAIN A") && server().tls_connections > 0);
}

TEST_F(TlsEngineTest, TlsFromTheFirstByte) {
  settings.routes = {"far.test:mx.far.test,465/SECURITY=SMTPS"};
  resolver.mx_records["mx.far.test"] = fail(DnsFault::NoData);
  server().implicit_tls = true;
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().tls_connections, 1u);
  EXPECT_EQ(server().commands.at(1), "MAIL FROM:<ann@us.test> SIZE=256");
}

}  // namespace
}  // namespace courier::esmtp
