#include "transports/esmtp/connections.h"

#include "transports/esmtp/testing/engine_test_base.h"

namespace courier::esmtp {
namespace {

class ConnectionsTest : public EngineTest {
 protected:
  Task<> deliver_and_note(delivery::Deliver request, std::vector<Outcome>& outcomes, Deadline deadline = Deadline::never()) {
    const auto reply = co_await engine().deliver(std::move(request), {}, deadline);
    for (const auto& result : reply.results) outcomes.push_back(result.outcome);
  }
  void deliver_at_once(int count, std::vector<Outcome>& outcomes) {
    TaskGroup group(loop, no_exceptions());
    for (int i = 0; i < count; ++i) group.spawn(deliver_and_note(message(), outcomes));
    run_until_done(loop, wait(group));
  }
  Task<> wait(TaskGroup& group) { EXPECT_TRUE(co_await group.wait_empty(Deadline::never())); }
};

TEST_F(ConnectionsTest, TheNextMessageGoesOverTheSameConnectionWithoutReset) {
  deliver_one();
  deliver_one();
  EXPECT_EQ(server().connections, 1u);
  EXPECT_EQ(server().messages.size(), 2u);
  for (const auto& command : server().commands) EXPECT_NE(command, "RSET");
  EXPECT_EQ(engine().status().idle, 1u);
}

TEST_F(ConnectionsTest, AnIdleConnectionEndsWithQuitAfterItsTime) {
  settings.keep_idle = seconds(30);
  deliver_one();
  loop.advance(seconds(28));
  EXPECT_EQ(engine().status().idle, 1u);
  loop.advance(seconds(4));
  EXPECT_EQ(engine().status().connections, 0u);
  EXPECT_EQ(server().commands.back(), "QUIT");
}

TEST_F(ConnectionsTest, AConnectionThatEndedWhileIdleIsReplacedWithoutAResult) {
  server().answers["."] = "250 ok";
  deliver_one();
  // The server closes when it sees the next command: only then does the client learn of it.
  server().answers["MAIL"] = "";
  EXPECT_EQ(deliver_one().outcome, Outcome::Deferred);  // the fresh one is cut as well, and that counts
  EXPECT_EQ(server().connections, 2u);
  server().answers.erase("MAIL");
  deliver_one();
  server().answers["MAIL"] = "421 4.4.2 idle for too long";
  const auto result = deliver_one();
  EXPECT_EQ(server().connections, 4u);
  EXPECT_EQ(result.reply, "421 4.4.2 idle for too long");
}

TEST_F(ConnectionsTest, AGoodByeWhileIdleIsNoticed) {
  deliver_one();
  dialer.hang_up();  // every server closes its connections
  EXPECT_EQ(deliver_one().outcome, Outcome::Relayed);
  EXPECT_EQ(server().connections, 2u);
  dialer.hang_up();
  loop.advance(seconds(2));
  EXPECT_EQ(engine().status().connections, 0u);
}

TEST_F(ConnectionsTest, NoMoreThanAllowedToOneSite) {
  settings.connections_per_site = 3;
  std::vector<Outcome> outcomes;
  deliver_at_once(20, outcomes);
  EXPECT_EQ(outcomes, std::vector<Outcome>(20, Outcome::Relayed));
  EXPECT_EQ(server().connections, 3u);
  EXPECT_EQ(server().messages.size(), 20u);
}

TEST_F(ConnectionsTest, NoMoreThanAllowedInAllAndIdleOnesMakeRoom) {
  settings.connections = 2;
  for (int i = 0; i < 5; ++i) {
    const std::string n = std::to_string(i), ip = "192.0.2.10" + n;
    one_host("d" + n + ".test", "mx" + n + ".test", ip);
    server(ip);
  }
  std::vector<Outcome> outcomes;
  TaskGroup group(loop, no_exceptions());
  for (int i = 0; i < 10; ++i) group.spawn(deliver_and_note(message({"bob@d" + std::to_string(i % 5) + ".test"}), outcomes));
  EXPECT_LE(engine().status().connections, 2u);
  run_until_done(loop, wait(group));
  EXPECT_EQ(outcomes, std::vector<Outcome>(10, Outcome::Relayed));
  EXPECT_LE(engine().status().connections, 2u);
}

TEST_F(ConnectionsTest, WhoWaitsTooLongIsDeferredAndOthersGoOn) {
  settings.connections_per_site = 1;
  settings.command_timeout = seconds(100);
  server().answers["MAIL"] = "-";
  std::vector<Outcome> first, second, third;
  TaskGroup group(loop, no_exceptions());
  group.spawn(deliver_and_note(message(), first));
  group.spawn(deliver_and_note(message(), second, loop.in(seconds(10))));
  group.spawn(deliver_and_note(message(), third));
  loop.advance(seconds(11));
  EXPECT_EQ(second, std::vector<Outcome>{Outcome::Deferred});
  EXPECT_TRUE(first.empty());
  server().answers.clear();
  loop.advance(seconds(100));
  EXPECT_EQ(first, std::vector<Outcome>{Outcome::Deferred});
  EXPECT_EQ(third, std::vector<Outcome>{Outcome::Relayed});
  EXPECT_EQ(engine().status().waiting, 0u);
}

TEST_F(ConnectionsTest, ACancelledDeliveryGivesItsPlaceToTheNext) {
  settings.connections_per_site = 1;
  server().answers["MAIL"] = "-";
  std::vector<Outcome> outcomes;
  TaskGroup patient(loop, no_exceptions());
  {
    TaskGroup group(loop, no_exceptions());
    group.spawn(deliver_and_note(message(), outcomes));  // holds the connection
    group.spawn(deliver_and_note(message(), outcomes));  // first in line
    patient.spawn(deliver_and_note(message(), outcomes));
    loop.advance(seconds(1));
    server().answers.clear();
  }
  run_until_done(loop, wait(patient));
  EXPECT_EQ(outcomes, std::vector<Outcome>{Outcome::Relayed});
  EXPECT_EQ(engine().status().waiting, 0u);
}

TEST_F(ConnectionsTest, DrainingFinishesWhatRunsRefusesMoreAndSaysQuit) {
  settings.command_timeout = seconds(100);
  deliver_one();
  server().answers["."] = "-";
  std::vector<Outcome> outcomes;
  TaskGroup group(loop, no_exceptions());
  group.spawn(deliver_and_note(message(), outcomes));
  loop.run_ready();
  EXPECT_FALSE(run_until_done(loop, engine().drain(loop.in(seconds(5)))));
  EXPECT_EQ(deliver_one().status, "4.3.2");
  EXPECT_TRUE(run_until_done(loop, engine().drain(loop.in(seconds(200)))));
  EXPECT_EQ(outcomes, std::vector<Outcome>{Outcome::Deferred});
  EXPECT_EQ(engine().status().connections, 0u);
}

}  // namespace
}  // namespace courier::esmtp
