#include "transports/esmtp/esmtp.h"

namespace courier::esmtp {

namespace {

constexpr int exit_usage = 64;

Task<WithDescriptors<delivery::DeliverReply>> serve_one(std::shared_ptr<Engine> engine, WithDescriptors<delivery::Deliver> request,
                                                        Deadline deadline) {
  Descriptor file = request.descriptors.empty() ? Descriptor() : std::move(request.descriptors.front());
  WithDescriptors<delivery::DeliverReply> reply;
  reply.message = co_await engine->deliver(std::move(request.message), std::move(file), deadline);
  co_return reply;
}

}  // namespace

Esmtp::Esmtp(DaemonContext& context, Doubles doubles) : context_(context), engine_(std::make_shared<Engine>(context, doubles)) {}

Result<void, std::string> Esmtp::serve() {
  if (!engine_->fault().empty()) return fail(engine_->fault());
  context_.link("queue").on_attach([engine = engine_](Channel& channel) {
    channel.serve_with_descriptors<delivery::Deliver>([engine](WithDescriptors<delivery::Deliver> request, Deadline deadline) {
      return serve_one(engine, std::move(request), deadline);
    });
  });
  return {};
}

Task<control::Answer> Esmtp::ask(control::Ask question) {
  if (question.verb == "status") co_return control::Answer{0, to_json(engine_->status()), {}};
  if (question.verb == "explain" && question.arguments.size() == 1) {
    const ExplainReport report = co_await engine_->explain(question.arguments.front());
    co_return control::Answer{0, to_json(report), {}};
  }
  co_return control::Answer{exit_usage, {}, "esmtp answers: status, explain ADDRESS"};
}

}  // namespace courier::esmtp
