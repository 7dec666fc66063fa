#include "wire/sasl/plain.h"

#include <string>
#include <variant>

#include "wire/sasl/client.h"
#include "wire/sasl/server.h"

namespace courier::sasl {
namespace {

using namespace std::string_literals;

TEST(Plain, Parses) {
  EXPECT_EQ(parse_plain("\0tim\0tanstaaftanstaaf"s), (Plain{"", "tim", "tanstaaftanstaaf"}));
  EXPECT_EQ(parse_plain("Ursel\0Kurt\0xipj3plmq"s), (Plain{"Ursel", "Kurt", "xipj3plmq"}));
  for (const std::string& bad : {""s, "tim"s, "\0tim"s, "\0\0pass"s, "\0tim\0"s, "\0tim\0a\0b"s, "\0t\xff\0a"s}) {
    EXPECT_FALSE(parse_plain(bad)) << bad;
  }
  EXPECT_FALSE(parse_plain("\0"s + std::string(max_credential + 1, 'a') + "\0b"s));
}

TEST(Plain, ServerAsksForACheck) {
  const auto server = make_server_exchange("PLAIN", {});
  EXPECT_EQ(std::get<Challenge>(server->respond(std::nullopt)).data, "");
  const auto answer = server->respond("\0ann\0secret"s);
  ASSERT_TRUE(std::holds_alternative<CheckPassword>(answer));
  EXPECT_EQ(std::get<CheckPassword>(answer).user, "ann");
  EXPECT_EQ(std::get<CheckPassword>(answer).password, "secret");
  EXPECT_EQ(make_server_exchange("CRAM-MD5", {}), nullptr);
}

TEST(Login, WithAndWithoutInitialResponse) {
  for (const bool initial : {false, true}) {
    const auto server = make_server_exchange("LOGIN", {});
    if (!initial) {
      EXPECT_EQ(std::get<Challenge>(server->respond(std::nullopt)).data, "Username:");
    }
    EXPECT_EQ(std::get<Challenge>(server->respond("ann")).data, "Password:");
    const auto answer = server->respond("secret");
    ASSERT_TRUE(std::holds_alternative<CheckPassword>(answer));
    EXPECT_EQ(std::get<CheckPassword>(answer).user, "ann");
    EXPECT_EQ(std::get<CheckPassword>(answer).password, "secret");
  }
  EXPECT_TRUE(std::holds_alternative<Malformed>(make_server_exchange("LOGIN", {})->respond("")));
  EXPECT_TRUE(std::holds_alternative<Malformed>(make_server_exchange("LOGIN", {})->respond("a\0b"s)));
}

TEST(Client, PlainAndLogin) {
  const auto plain = make_client_exchange("PLAIN", {"ann", "secret"}, {});
  EXPECT_EQ(plain->initial(), "\0ann\0secret"s);
  EXPECT_FALSE(plain->respond(""));
  const auto login = make_client_exchange("LOGIN", {"ann", "secret"}, {});
  EXPECT_EQ(login->initial(), std::nullopt);
  EXPECT_EQ(login->respond("User Name"), "ann");
  EXPECT_FALSE(login->satisfied());
  EXPECT_EQ(login->respond("Password"), "secret");
  EXPECT_TRUE(login->satisfied());
  EXPECT_FALSE(login->respond("more"));
  EXPECT_EQ(make_client_exchange("PLAIN", {"", "secret"}, {}), nullptr);
  EXPECT_EQ(make_client_exchange("GSSAPI", {"ann", "secret"}, {}), nullptr);
}

TEST(Client, ChoosesTheStrongest) {
  const std::vector<std::string> all{"LOGIN", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"};
  EXPECT_EQ(choose_mechanism(all, true, true), "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(choose_mechanism(all, true, false), "SCRAM-SHA-256");
  EXPECT_EQ(choose_mechanism({"LOGIN", "PLAIN"}, true, true), "PLAIN");
  EXPECT_EQ(choose_mechanism({"LOGIN", "PLAIN"}, false, true), "");
  EXPECT_EQ(choose_mechanism({"GSSAPI"}, true, true), "");
}

}  // namespace
}  // namespace courier::sasl
