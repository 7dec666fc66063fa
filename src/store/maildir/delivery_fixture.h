// What the tests of Deliverer share: messages, a simulated disk, a deliverer that neither rests nor gathers.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/task_group.h"
#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"
#include "store/maildir/delivery.h"
#include "store/maildir/message_name.h"

namespace courier::store {

inline constexpr const char* kHead = "Return-Path: <bob@example.org>\nDelivered-To: ann@example.test\n";

// The body of message `number`, several sectors long, so that a torn one is seen.
inline std::string body_of(int number) {
  std::string line = "message " + std::to_string(number) + "\n";
  std::string body = "Subject: " + std::to_string(number) + "\n\n";
  while (body.size() < 1500) body += line;
  return body;
}

// Neither rests nor gathers: what is ready is delivered and answered.
inline Deliverer::Settings at_once(std::uint64_t process_id) { return {.process_id = process_id, .rest = {}, .gather = {}}; }

class DeliveryTest : public testing::Test {
 protected:
  Delivery message(int number, const std::string& maildir = "/mail/ann") {
    Delivery delivery;
    delivery.maildir = maildir;
    delivery.base = delivery_base(wall_seconds(1'800'000'000 + number), "Q" + std::to_string(number), 0, "mx1");
    delivery.look_first = false;
    delivery.head = kHead;
    delivery.body = std::make_shared<DeliveryBody>(body_of(number));
    return delivery;
  }
  static Task<> collect(Deliverer& deliverer, Delivery delivery, std::function<void(DeliveryResult)> told) {
    told(co_await deliverer.deliver(std::move(delivery)));
  }
  DeliveryResult deliver(Delivery delivery) {
    DeliveryResult result;
    tasks.spawn(collect(deliverer, std::move(delivery), [&](DeliveryResult r) { result = std::move(r); }));
    loop.run_ready();
    return result;
  }
  std::vector<std::string> names(const std::string& folder) {
    std::vector<std::string> result;
    const auto entries = disk.list(folder);
    if (!entries) return result;
    for (const DirectoryEntry& entry : *entries) result.push_back(entry.name);
    return result;
  }

  ManualLoop loop;
  SimulatedDisk disk;
  std::unique_ptr<Pool> pool = make_inline_pool(loop);
  Deliverer deliverer{loop, disk, *pool, at_once(7)};
  TaskGroup tasks{loop, no_exceptions()};
};

}  // namespace courier::store
