#include "wire/sasl/scram_message.h"

#include <string>
#include <variant>

#include "base/encode.h"
#include "wire/sasl/client.h"
#include "wire/sasl/saslprep.h"
#include "wire/sasl/scram_keys.h"
#include "wire/sasl/server.h"

namespace courier::sasl {
namespace {

// RFC 7677, section 3.
constexpr const char* client_nonce = "rOprNGfwEbeRWgbNEkqO";
constexpr const char* server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* rfc_client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr const char* rfc_server_first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr const char* rfc_client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr const char* rfc_server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramVerifier rfc_verifier() { return make_scram_verifier("pencil", *base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==")); }

TEST(Scram, ServerFollowsTheVectorOfRfc7677) {
  const auto server = make_server_exchange("SCRAM-SHA-256", {server_nonce, {}, false});
  const auto asked = server->respond(rfc_client_first);
  ASSERT_TRUE(std::holds_alternative<NeedVerifier>(asked));
  EXPECT_EQ(std::get<NeedVerifier>(asked).user, "user");
  EXPECT_EQ(std::get<Challenge>(server->verifier(rfc_verifier())).data, rfc_server_first);
  const auto proven = server->respond(rfc_client_final);
  ASSERT_TRUE(std::holds_alternative<Proven>(proven));
  EXPECT_EQ(std::get<Proven>(proven).user, "user");
  EXPECT_EQ(std::get<Proven>(proven).data, rfc_server_final);
  EXPECT_TRUE(std::holds_alternative<Malformed>(server->respond(rfc_client_final)));
}

TEST(Scram, ClientFollowsTheVectorOfRfc7677) {
  const auto client = make_client_exchange("SCRAM-SHA-256", {"user", "pencil"}, {client_nonce, {}, false});
  EXPECT_EQ(client->initial(), rfc_client_first);
  EXPECT_EQ(client->respond(rfc_server_first), rfc_client_final);
  EXPECT_FALSE(client->satisfied());
  EXPECT_EQ(client->respond(rfc_server_final), "");
  EXPECT_TRUE(client->satisfied());
}

// Runs a whole exchange; `change` may alter the client's final message.
ServerAnswer exchange(const std::string& mechanism, const std::string& password, ClientFacts client_facts, ServerFacts server_facts,
                      void (*change)(std::string&) = nullptr) {
  const auto client = make_client_exchange(mechanism, {"ann,=x", password}, std::move(client_facts));
  const auto server = make_server_exchange(mechanism, std::move(server_facts));
  auto answer = server->respond(*client->initial());
  if (!std::holds_alternative<NeedVerifier>(answer)) return answer;
  EXPECT_EQ(std::get<NeedVerifier>(answer).user, "ann,=x");
  answer = server->verifier(rfc_verifier());
  auto final = client->respond(std::get<Challenge>(answer).data);
  if (change) change(*final);
  answer = server->respond(*final);
  if (const auto* proven = std::get_if<Proven>(&answer)) {
    EXPECT_TRUE(client->respond(proven->data).has_value());
    EXPECT_TRUE(client->satisfied());
  }
  return answer;
}

TEST(Scram, PlusBindsToTheChannel) {
  const auto result = [](const char* client, const char* server) {
    return exchange("SCRAM-SHA-256-PLUS", "pencil", {client_nonce, client, true}, {server_nonce, server, true});
  };
  EXPECT_TRUE(std::holds_alternative<Proven>(result("channel", "channel")));
  EXPECT_TRUE(std::holds_alternative<Denied>(result("channel", "another")));
  EXPECT_EQ(make_server_exchange("SCRAM-SHA-256-PLUS", {server_nonce, {}, true}), nullptr);
  EXPECT_EQ(make_client_exchange("SCRAM-SHA-256-PLUS", {"u", "p"}, {client_nonce, {}, true}), nullptr);
}

TEST(Scram, DowngradeIsNoticed) {
  // The client could bind and was told that -PLUS is not there; the server had offered it.
  EXPECT_TRUE(std::holds_alternative<Denied>(
      exchange("SCRAM-SHA-256", "pencil", {client_nonce, "channel", false}, {server_nonce, "channel", true})));
  EXPECT_TRUE(std::holds_alternative<Proven>(
      exchange("SCRAM-SHA-256", "pencil", {client_nonce, "channel", false}, {server_nonce, "channel", false})));
}

TEST(Scram, WrongPasswordNonceOrBinding) {
  const ClientFacts client{client_nonce, {}, false};
  const ServerFacts server{server_nonce, {}, false};
  EXPECT_TRUE(std::holds_alternative<Denied>(exchange("SCRAM-SHA-256", "pencils", client, server)));
  EXPECT_TRUE(std::holds_alternative<Malformed>(
      exchange("SCRAM-SHA-256", "pencil", client, server, [](std::string& m) { m.replace(m.find("r=rO"), 4, "r=rX"); })));
  EXPECT_TRUE(std::holds_alternative<Denied>(
      exchange("SCRAM-SHA-256", "pencil", client, server, [](std::string& m) { m.replace(0, 6, "c=eSws"); })));
}

TEST(Scram, ClientDistrustsTheServer) {
  const auto begun = [] {
    auto client = make_client_exchange("SCRAM-SHA-256", {"user", "pencil"}, {client_nonce, {}, false});
    EXPECT_TRUE(client->initial());
    return client;
  };
  EXPECT_FALSE(begun()->respond("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
  EXPECT_FALSE(begun()->respond("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
  EXPECT_FALSE(begun()->respond("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1"));
  EXPECT_FALSE(begun()->respond("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4000000000"));
  const auto client = begun();
  ASSERT_TRUE(client->respond(rfc_server_first));
  EXPECT_FALSE(client->respond("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  EXPECT_FALSE(client->satisfied());
}

TEST(Scram, GrammarRefuses) {
  for (const char* bad :
       {"", "n", "n,", "n,,", "x,,n=u,r=n", "n,b=u,n=u,r=n", "n,,m=x,n=u,r=n", "n,,n=,r=n", "n,,n=u", "n,,n=u,r=", "n,,n=a=2cb,r=n",
        "n,,n=a=,r=n", "p=,,n=u,r=n", "p=tls exporter,,n=u,r=n", "n,,n=u,r=n,", "n,,n=u,r=n,1=x", "n,,n=\xff,r=n"}) {
    EXPECT_FALSE(parse_client_first(bad)) << bad;
  }
  for (const char* bad :
       {"", "r=n", "r=n,s=,i=1", "r=n,s=QQ==", "r=n,s=QQ==,i=", "r=n,s=QQ==,i=01", "r=n,s=QQ=,i=1", "m=x,r=n,s=QQ==,i=1"}) {
    EXPECT_FALSE(parse_server_first(bad)) << bad;
  }
  for (const char* bad : {"", "c=biws,r=n", "c=biws,p=QQ==", "c=,r=n,p=QQ==", "c=biws,r=n,p=", "c=biws,r=n,p=QQ==,x=y"}) {
    EXPECT_FALSE(parse_client_final(bad)) << bad;
  }
  for (const char* bad : {"", "v=", "e=", "x=y", "v=QQ"}) EXPECT_FALSE(parse_server_final(bad)) << bad;
}

TEST(Scram, MessagesSurviveWriting) {
  const ClientFirst first{BindingFlag::Used, "tls-exporter", "boss", "a=b,c", "nonce", "x=1,y=2"};
  EXPECT_EQ(parse_client_first(write_client_first(first)), first);
  EXPECT_EQ(gs2_header(write_client_first(first)), "p=tls-exporter,a=boss,");
  const ClientFinal final{"bind", "nonce", "x=1", "proof"};
  EXPECT_EQ(parse_client_final(write_client_final(final)), final);
  const ServerFinal error{"invalid-proof", {}, "x=1"};
  EXPECT_EQ(parse_server_final(write_server_final(error)), error);
}

TEST(Scram, VerifierText) {
  const auto verifier = rfc_verifier();
  EXPECT_EQ(parse_verifier(write_verifier(verifier)), verifier);
  for (const char* bad : {"", "SCRAM-SHA-256$4096", "SCRAM-SHA-1$4096:QQ==$QQ==:QQ==", "SCRAM-SHA-256$0:QQ==$QQ==:QQ=="}) {
    EXPECT_FALSE(parse_verifier(bad)) << bad;
  }
}

TEST(Saslprep, ExamplesOfRfc4013) {
  EXPECT_EQ(saslprep("I\u00adX", Prepare::Stored), "IX");
  EXPECT_EQ(saslprep("user", Prepare::Stored), "user");
  EXPECT_EQ(saslprep("USER", Prepare::Stored), "USER");
  EXPECT_EQ(saslprep("\u00aa", Prepare::Stored), "a");
  EXPECT_EQ(saslprep("\u2168", Prepare::Stored), "IX");
  EXPECT_EQ(saslprep("\x07", Prepare::Stored), std::nullopt);
  EXPECT_EQ(saslprep("\u0627"
                     "1",
                     Prepare::Stored),
            std::nullopt);
  EXPECT_EQ(saslprep("\xff", Prepare::Query), std::nullopt);
  EXPECT_EQ(saslprep("a\u0221", Prepare::Stored), std::nullopt);
  EXPECT_EQ(saslprep("a\u0221", Prepare::Query), "a\u0221");
}

}  // namespace
}  // namespace courier::sasl
