// For tests: an Engine on a fake clock, fake DNS and scripted servers.
#pragma once

#include <gtest/gtest.h>

#include "runtime/testing/manual_loop.h"
#include "transports/esmtp/engine.h"
#include "transports/esmtp/testing/scripted_server.h"

namespace courier::esmtp {

using delivery::Outcome;

class EngineTest : public testing::Test {
 protected:
  EngineTest() : context{loop, no_log(), metrics, real_disk(), {}, {}, nullptr, {}, {}} {
    settings.dane = false;
    context.start.host_name = "us.test";
    one_host("far.test", "mx.far.test", "192.0.2.1");
    dialer.at("192.0.2.1");
  }

  void one_host(const std::string& domain, const std::string& host, const std::string& ip, std::uint16_t preference = 10) {
    auto& mx = resolver.mx_records[domain];
    if (!mx) mx = DnsAnswer<MxRecord>{};
    mx->records.push_back({preference, host});
    resolver.a_records[host] = DnsAnswer<IpAddress>{{*IpAddress::parse(ip)}, false, host};
  }
  Script& server(const std::string& ip = "192.0.2.1") { return dialer.at(ip); }

  Engine& engine() {
    if (!engine_) {
      settings.port = 2525;
      context.start.settings = encode_settings(settings);
      engine_ = std::make_unique<Engine>(context, Doubles{&resolver, &dialer});
      EXPECT_EQ(engine_->fault(), "");
    }
    return *engine_;
  }

  static delivery::Deliver message(std::vector<std::string> recipients = {"bob@far.test"}, std::string body = "Subject: x\n\nhello\n") {
    delivery::Deliver request;
    request.id = "1-1-1";
    request.sender = "ann@us.test";
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      delivery::Recipient recipient;
      recipient.number = static_cast<std::uint32_t>(i);
      recipient.address = recipients[i];
      request.recipients.push_back(std::move(recipient));
    }
    request.site = domain_of(recipients.front());
    request.body.size = body.size();
    request.body.bytes = std::move(body);
    return request;
  }

  delivery::DeliverReply deliver(delivery::Deliver request, Descriptor file = {}) {
    const std::size_t expected = request.recipients.size();
    auto reply = run_until_done(loop, engine().deliver(std::move(request), std::move(file), Deadline::never()));
    EXPECT_EQ(reply.results.size(), expected);
    return reply;
  }
  // The only result of a message with one recipient.
  delivery::Result deliver_one() { return deliver(message()).results.at(0); }

  ManualLoop loop;
  Metrics metrics;
  FakeResolver resolver;
  ScriptedDialer dialer{loop};
  DaemonContext context;
  EsmtpSettings settings;
  std::unique_ptr<Engine> engine_;
};

}  // namespace courier::esmtp
