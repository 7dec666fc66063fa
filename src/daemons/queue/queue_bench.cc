// Measures the queue alone: submit, commit, delivery, removal, over socket channels, with fakes of its neighbours in the same
// process, and with its log. Prints messages a second and the CPU time of everything together a message.
//   queue_bench FOLDER [MESSAGES] [SENDERS] [BODY BYTES]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>

#include "base/queue_id.h"
#include "daemons/queue/testing/rig.h"

namespace courier::queue::testing {
namespace {

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds_of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

class Bench {
 public:
  explicit Bench(std::string folder)
      : log_(make_log({.target = LogSettings::Target::File, .file = folder + "/log"}, "queue")),
        context_{*loop_, *log_, metrics_, real_disk(), {}, {}, nullptr, {}, {}} {
    log_->gather(*loop_, milliseconds(5));
    context_.start.host_name = "our.test";
    context_.start.state_dir = std::move(folder);
  }

  int run(int messages, int senders, std::size_t body) {
    queue_ = std::make_unique<Queue>(context_, make_pools(*loop_));
    if (const auto served = queue_->serve(); !served) {
      std::fprintf(stderr, "%s\n", served.error().c_str());
      return 1;
    }
    connect("auth", auth_end_);
    connect("mailbox:v0", mailbox_end_);
    connect("smtpd-mx", mx_);
    auth_.serve(*auth_end_);
    mailbox_end_->serve_with_descriptors<delivery::Deliver>(
        [this](WithDescriptors<delivery::Deliver> request, Deadline) { return deliver(std::move(request)); });
    body_ = "Subject: bench\n\n" + std::string(body, 'x') + "\n";
    wanted_ = messages;
    const double cpu = cpu_seconds();
    const Instant began = loop_->now();
    TaskGroup tasks(*loop_, no_exceptions());
    for (int i = 0; i < senders; ++i) tasks.spawn(send(messages / senders));
    loop_->run();
    const double wall = static_cast<double>((loop_->now() - began).nanoseconds) / 1e9;
    std::printf("%d messages, %d senders, %zu bytes: %.0f/s, %.1f us CPU a message\n", delivered_, senders, body, delivered_ / wall,
                (cpu_seconds() - cpu) * 1e6 / delivered_);
    queue_.reset();
    return 0;
  }

 private:
  void connect(const std::string& peer, ChannelPtr& end) {
    SocketPair pair = make_socket_pair();
    context_.attach(peer, make_channel(*loop_, std::move(pair.first)));
    end = make_channel(*loop_, std::move(pair.second));
  }
  Task<> send(int count) {
    for (int i = 0; i < count; ++i) {
      auto reply =
          co_await mx_->call(Rig::message(ids_.next(), {"user" + std::to_string(i % 100) + "@our.test"}, body_), Deadline::never());
      if (!reply || reply->outcome != submit::Outcome::Accepted)
        std::fprintf(stderr, "refused: %s\n", reply ? reply->text.c_str() : "closed");
    }
  }
  Task<WithDescriptors<delivery::DeliverReply>> deliver(WithDescriptors<delivery::Deliver> request) {
    WithDescriptors<delivery::DeliverReply> reply;
    for (const delivery::Recipient& recipient : request.message.recipients) {
      reply.message.results.push_back(FakeTransport::delivered());
      reply.message.results.back().number = recipient.number;
    }
    if (++delivered_ == wanted_) loop_->add_timer(loop_->now() + milliseconds(50), [this] { loop_->stop(); });
    co_return reply;
  }

  std::unique_ptr<Loop> loop_ = make_loop();
  std::unique_ptr<Log> log_;
  QueueIds ids_{"m", 1, loop_->wall_now()};
  Metrics metrics_;
  DaemonContext context_;
  FakeAuth auth_;
  ChannelPtr auth_end_, mailbox_end_, mx_;
  std::string body_;
  int wanted_ = 0, delivered_ = 0;
  std::unique_ptr<Queue> queue_;
};

}  // namespace
}  // namespace courier::queue::testing

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "queue_bench FOLDER [MESSAGES] [SENDERS] [BODY BYTES]\n");
    return 64;
  }
  const auto number = [&](int i, int otherwise) { return count > i ? std::atoi(arguments[i]) : otherwise; };
  courier::queue::testing::Bench bench(arguments[1]);
  return bench.run(number(2, 20'000), number(3, 50), static_cast<std::size_t>(number(4, 4096)));
}
