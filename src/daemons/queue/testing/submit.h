// Handing a message to the queue as smtpd does it, for tests.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include "contracts/submit.h"
#include "runtime/channel.h"

namespace courier::queue::testing {

// `request` brings its body in body.bytes, of any size: above 64 KiB it goes through a file that the queue opens. Failed, too, when
// the channel or the file fails.
inline Task<submit::Outcome> submit_as_smtpd(Channel& channel, submit::Submit request, Deadline deadline) {
  std::vector<Descriptor> descriptors;
  if (request.body.bytes.size() > inline_body_limit) {
    auto opened = co_await channel.call_with_descriptors(submit::OpenBody{.id = request.envelope.id}, deadline);
    if (!opened) co_return submit::Outcome::Failed;
    if (opened->message.handle == 0) co_return opened->message.outcome;
    if (opened->descriptors.size() != 1) co_return submit::Outcome::Failed;
    const std::string_view body = request.body.bytes.view();
    const auto written = ::pwrite(opened->descriptors[0].get(), body.data(), body.size(), 0);
    if (written != static_cast<ssize_t>(body.size())) co_return submit::Outcome::Failed;
    request.body = {.bytes = {}, .in_file = true, .size = body.size()};
    request.body_handle = opened->message.handle;
    descriptors = std::move(opened->descriptors);
  }
  auto reply = co_await channel.call(request, deadline, std::move(descriptors));
  co_return reply ? reply->outcome : submit::Outcome::Failed;
}

}  // namespace courier::queue::testing
