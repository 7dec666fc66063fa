#include "transports/esmtp/session.h"

namespace courier::esmtp {

Session::Session(StreamPtr stream, std::string remote) : stream_(std::move(stream)), remote_(std::move(remote)) {}

Broken Session::broken(const IoError& error, const char* awaited) {
  ended = true;
  const bool late = error == IoFault::TimedOut;
  std::string what = std::string(late ? "timed out" : "connection lost") + " while waiting for the answer to " + awaited;
  if (!late && !error.detail.empty()) what += " (" + error.detail + ")";
  return {std::move(what)};
}

Task<Result<void, Broken>> Session::send(std::string_view bytes, Deadline deadline) {
  if (!stream_) co_return fail(Broken{"not connected"});
  const auto written = co_await write_all(*stream_, bytes, deadline);
  if (written) co_return Result<void, Broken>{};
  ended = true;
  const bool late = written.error() == IoFault::TimedOut;
  co_return fail(Broken{late ? "timed out while sending" : "connection lost while sending"});
}

// The buffer is on the stack of this call only, so that a session that waits holds none.
IoResult<void> Session::take_bytes() {
  char buffer[4096];
  const auto got = stream_->read_now(buffer);
  if (!got) return fail(got.error());
  unread_.append(buffer, *got);
  return {};
}

Task<Result<smtp::Reply, Broken>> Session::reply(const char* awaited, Deadline deadline) {
  if (!stream_) co_return fail(Broken{"not connected"});
  while (true) {
    std::string_view input = unread_;
    auto parsed = parser_.feed(input);
    unread_.erase(0, unread_.size() - input.size());
    if (!parsed) {
      ended = true;
      co_return fail(Broken{std::string("the answer to ") + awaited + " is not SMTP: expected " + parsed.error().expected});
    }
    if (*parsed) {
      if (unread_.empty()) unread_ = {};
      if ((*parsed)->code == 421) ended = true;
      co_return std::move(**parsed);
    }
    if (const auto ready = co_await stream_->readable(deadline); !ready) co_return fail(broken(ready.error(), awaited));
    const auto taken = take_bytes();
    if (!taken && !(taken.error() == IoFault::WouldBlock)) co_return fail(broken(taken.error(), awaited));
  }
}

Task<Result<smtp::Reply, Broken>> Session::ask(std::string command, const char* awaited, Deadline deadline) {
  command += "\r\n";
  if (auto sent = co_await send(command, deadline); !sent) co_return fail(sent.error());
  co_return co_await reply(awaited, deadline);
}

Task<IoResult<void>> Session::start_tls(TlsClientContext& context, TlsClientSettings settings, Deadline deadline) {
  unread_ = {};
  parser_ = smtp::ReplyParser();
  auto secured = co_await context.connect(std::move(stream_), std::move(settings), deadline);
  if (!secured) {
    ended = true;
    co_return fail(secured.error());
  }
  stream_ = std::move(*secured);
  co_return IoResult<void>{};
}

bool Session::idle_and_alive() {
  if (ended || !stream_ || !unread_.empty()) return false;
  char byte;
  const auto got = stream_->read_now({&byte, 1});
  return !got && got.error() == IoFault::WouldBlock;
}

}  // namespace courier::esmtp
