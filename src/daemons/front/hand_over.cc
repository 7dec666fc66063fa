// Session: giving a signed-in connection to its mailbox process (contracts/mailbox.h).
#include <fcntl.h>

#include "contracts/mailbox.h"
#include "daemons/front/session.h"
#include "runtime/channel.h"

namespace courier::front {

namespace {
constexpr Duration hand_over_time = seconds(10);  // a ticket lives no longer
}

Task<bool> Session::hand_over(auth::SaslReply reply, std::string tag) {
  mailbox::HandOver message;
  message.ticket = reply.ticket;
  message.service = service_;
  message.session = name_;
  message.peer = peer_;
  message.tls = tls();
  message.tag = std::move(tag);
  message.buffered = std::move(input_);
  message.connection = connection_;
  input_ = {};

  // A plain connection is the client's own socket; a copy stays here until the mailbox has taken it.
  std::vector<Descriptor> given;
  Descriptor kept;
  StreamPtr inner;
  if (Descriptor socket = message.tls ? Descriptor() : stream_->release_socket()) {
    kept = Descriptor(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
    stream_.reset();
    given.push_back(std::move(socket));
  } else {
    SocketPair pair = make_socket_pair();
    given.push_back(std::move(pair.first));
    inner = make_socket_stream(environment_.loop, std::move(pair.second));
  }
  const bool pumped = inner != nullptr;
  const auto answer = co_await environment_.mailbox(reply.mailbox).call(message, environment_.loop.in(hand_over_time), std::move(given));
  if (!answer || !answer->accepted) {
    environment_.probe.trouble(name_, "hand-over failed", answer ? answer->reason : to_string(answer.error()));
    if (kept) stream_ = make_socket_stream(environment_.loop, std::move(kept));
    co_return false;
  }
  handed_over_ = true;
  environment_.probe.handed_over(name_, reply.account, reply.mailbox, pumped);
  if (pumped) environment_.pumps.start(std::move(context_), std::move(stream_), std::move(inner));
  environment_.probe.pumped(environment_.pumps.size());
  finish("handed over");
  co_return true;
}

}  // namespace courier::front
