// The queue on the machine's own disk, loop and threads: large bodies as files, passed as descriptors.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "daemons/queue/testing/rig.h"
#include "daemons/queue/testing/submit.h"

namespace courier::queue::testing {
namespace {

class RealDiskTest : public ::testing::Test {
 protected:
  RealDiskTest() : folder(::testing::TempDir() + "courier_queue_test_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder);
    context.start.host_name = "our.test";
    context.start.state_dir = folder + "/spool";
  }
  ~RealDiskTest() override {
    queue.reset();
    std::filesystem::remove_all(folder);
  }
  void serve() {
    queue = std::make_unique<Queue>(context, make_pools(*loop));
    const auto served = queue->serve();
    ASSERT_TRUE(served) << served.error();
    connect("auth", auth_end);
    auth.serve(*auth_end);
    connect("mailbox:v0", mailbox_end);
    mailbox_end->serve_with_descriptors<delivery::Deliver>(
        [this](WithDescriptors<delivery::Deliver> request, Deadline) { return deliver(std::move(request)); });
    connect("smtpd-mx", mx);
  }
  void connect(const std::string& peer, ChannelPtr& end) {
    SocketPair pair = make_socket_pair();
    context.attach(peer, make_channel(*loop, std::move(pair.first)));
    end = make_channel(*loop, std::move(pair.second));
  }
  Task<WithDescriptors<delivery::DeliverReply>> deliver(WithDescriptors<delivery::Deliver> request) {
    std::string body(request.message.body.bytes.view());
    if (request.message.body.in_file && request.descriptors.size() == 1) {
      body.resize(request.message.body.size);
      const auto got = ::pread(request.descriptors[0].get(), body.data(), body.size(), 0);
      if (got != static_cast<ssize_t>(body.size())) body = "short";
    }
    bodies.push_back(std::move(body));
    WithDescriptors<delivery::DeliverReply> reply;
    delivery::Result result = answer == delivery::Outcome::Delivered ? FakeTransport::delivered() : FakeTransport::deferred();
    result.number = request.message.recipients.at(0).number;
    reply.message.results.push_back(result);
    co_return reply;
  }
  Task<submit::Outcome> submit_large(std::string id, std::string body) {
    co_return co_await submit_as_smtpd(*mx, Rig::message(id, {"bob@our.test"}, body), loop->in(seconds(10)));
  }
  Task<> until_delivered(std::size_t count) {
    for (int i = 0; i < 1000 && bodies.size() < count; ++i) co_await loop->sleep(milliseconds(5));
  }
  std::size_t body_files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder + "/spool/bodies"))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  const std::string folder;
  std::unique_ptr<Loop> loop = make_loop();
  Metrics metrics;
  DaemonContext context{*loop, no_log(), metrics, real_disk(), {}, {}, nullptr, {}, {}};
  FakeAuth auth;
  ChannelPtr auth_end, mailbox_end, mx;
  std::vector<std::string> bodies;
  delivery::Outcome answer = delivery::Outcome::Delivered;
  std::unique_ptr<Queue> queue;
};

std::string large_body(char fill) { return "Subject: large\n\n" + std::string(300'000, fill) + "\n"; }

TEST_F(RealDiskTest, ALargeBodyIsAFileUntilItsMessageHasLeft) {
  serve();
  EXPECT_EQ(run_until_done(*loop, submit_large("L1", large_body('a'))), submit::Outcome::Accepted);
  run_until_done(*loop, until_delivered(1));
  ASSERT_EQ(bodies.size(), 1u);
  EXPECT_EQ(bodies[0], large_body('a'));
  for (int i = 0; i < 400 && body_files() > 0; ++i) run_until_done(*loop, loop->sleep(milliseconds(5)));
  EXPECT_EQ(body_files(), 0u);
}

TEST_F(RealDiskTest, ALargeBodyOutlivesARestart) {
  answer = delivery::Outcome::Deferred;
  serve();
  EXPECT_EQ(run_until_done(*loop, submit_large("L1", large_body('b'))), submit::Outcome::Accepted);
  run_until_done(*loop, until_delivered(1));
  EXPECT_EQ(body_files(), 1u);
  queue.reset();
  answer = delivery::Outcome::Delivered;
  serve();
  EXPECT_EQ(run_until_done(*loop, queue->ask({.verb = "queue retry", .arguments = {"all"}})).status, 0);
  run_until_done(*loop, until_delivered(2));
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_EQ(bodies[1], large_body('b'));
}

TEST_F(RealDiskTest, ABodyIsUsedOnceAndByItsOwnMessage) {
  serve();
  auto opened = run_until_done(*loop, mx->call_with_descriptors(submit::OpenBody{.id = "L1"}, loop->in(seconds(10))));
  ASSERT_TRUE(opened);
  submit::Submit request = Rig::message("L2", {"bob@our.test"}, "");
  request.body = {.bytes = {}, .in_file = true, .size = 100};
  request.body_handle = opened->message.handle;
  EXPECT_EQ(run_until_done(*loop, mx->call(request, loop->in(seconds(10))))->outcome, submit::Outcome::Invalid);
  opened = run_until_done(*loop, mx->call_with_descriptors(submit::OpenBody{.id = "L3"}, loop->in(seconds(10))));
  request.envelope.id = "L3";
  request.body_handle = opened->message.handle;
  EXPECT_EQ(run_until_done(*loop, mx->call(request, loop->in(seconds(10))))->outcome, submit::Outcome::Failed) << "shorter than it says";
  EXPECT_EQ(body_files(), 0u);
}

TEST_F(RealDiskTest, ManySendersShareTransactions) {
  serve();
  TaskGroup senders(*loop, no_exceptions());
  struct Sender {
    static Task<> go(Channel& mx, int n) {
      for (int i = 0; i < 10; ++i) {
        auto reply = co_await mx.call(Rig::message("S" + std::to_string(n) + "." + std::to_string(i), {"bob@our.test"}), Deadline::never());
        EXPECT_TRUE(reply && reply->outcome == submit::Outcome::Accepted);
      }
    }
  };
  for (int n = 0; n < 20; ++n) senders.spawn(Sender::go(*mx, n));
  run_until_done(*loop, until_delivered(200));
  EXPECT_EQ(bodies.size(), 200u);
}

TEST_F(RealDiskTest, OneQueueToASpool) {
  serve();
  Queue second(context, make_pools(*loop));
  const auto refused = second.serve();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("locked"), std::string::npos) << refused.error();
}

}  // namespace
}  // namespace courier::queue::testing
