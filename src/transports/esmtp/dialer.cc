#include "transports/esmtp/dialer.h"

namespace courier::esmtp {

namespace {

class SocketDialer final : public Dialer {
 public:
  explicit SocketDialer(Loop& loop) : loop_(loop) {}

  Task<IoResult<StreamPtr>> dial(Endpoint to, std::optional<IpAddress> source, Deadline deadline) override {
    const Endpoint from{source.value_or(IpAddress{}), 0, {}};
    co_return co_await connect_stream(loop_, std::move(to), deadline, source ? &from : nullptr);
  }

 private:
  Loop& loop_;
};

}  // namespace

std::unique_ptr<Dialer> make_dialer(Loop& loop) { return std::make_unique<SocketDialer>(loop); }

}  // namespace courier::esmtp
