#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "daemons/smtpd/testing/world.h"

namespace courier::smtpd::testing {

void FakeQueue::serve(Channel& channel) {
  Channel* here = &channel;
  channel.serve_with_descriptors<submit::Submit>(
      [this, here](WithDescriptors<submit::Submit> request, Deadline) -> Task<WithDescriptors<submit::SubmitReply>> {
        return [](Task<submit::SubmitReply> inner) -> Task<WithDescriptors<submit::SubmitReply>> {
          co_return WithDescriptors<submit::SubmitReply>{co_await std::move(inner), {}};
        }(take(std::move(request), here));
      });
  channel.serve_with_descriptors<submit::OpenBody>([this](WithDescriptors<submit::OpenBody>, Deadline) { return open(); });
  channel.on_notice<submit::AbandonBody>([this](const submit::AbandonBody&, std::vector<Descriptor>) { ++abandoned; });
}

Task<submit::SubmitReply> FakeQueue::take(WithDescriptors<submit::Submit> request, Channel* channel) {
  const submit::Submit& s = request.message;
  const bool known = std::any_of(messages.begin(), messages.end(), [&](const Message& m) { return m.envelope.id == s.envelope.id; });
  if (known) co_return submit::SubmitReply{submit::Outcome::Repeated, {}};
  if (outcome != submit::Outcome::Accepted) co_return submit::SubmitReply{outcome, "as told"};
  Message message{s.envelope, std::string(s.body.bytes.view()), s.body.in_file};
  if (s.body.in_file) {
    CHECK(request.descriptors.size() == 1);
    message.body.resize(s.body.size);
    CHECK(::pread(request.descriptors[0].get(), message.body.data(), message.body.size(), 0) == static_cast<ssize_t>(s.body.size));
  }
  CHECK(message.body.size() == s.body.size);
  messages.push_back(std::move(message));
  if (std::exchange(closes, false)) channel->close();
  co_return submit::SubmitReply{submit::Outcome::Accepted, {}};
}

Task<WithDescriptors<submit::OpenBodyReply>> FakeQueue::open() {
  WithDescriptors<submit::OpenBodyReply> reply;
  reply.message.outcome = open_outcome;
  if (open_outcome == submit::Outcome::Accepted) {
    reply.message.handle = ++opened;
    reply.descriptors.emplace_back(::memfd_create("body", MFD_CLOEXEC));
  }
  co_return reply;
}

}  // namespace courier::smtpd::testing
