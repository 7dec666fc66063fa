#include "daemons/front/session.h"

#include <algorithm>

#include "base/encode.h"
#include "wire/pop3/line_reader.h"
#include "wire/sasl/plain.h"

namespace courier::front {

namespace {

constexpr Duration auth_time = seconds(60);
constexpr Duration write_time = seconds(60);
constexpr std::size_t longest_response = 12'288;

}  // namespace

Session::Session(Environment& environment, auth::Service service, StreamPtr stream, bool implicit_tls, std::string name)
    : environment_(environment),
      service_(service),
      stream_(std::move(stream)),
      implicit_tls_(implicit_tls),
      name_(std::move(name)),
      peer_(stream_->peer().ip.text()),
      deadline_(environment.loop.in(environment.settings.login_time)) {}

Session::~Session() {
  if (connection_ != 0 && !handed_over_) environment_.auth.notify(auth::Disconnected{connection_});
}

Task<> Session::run() {
  environment_.probe.connected(name_, service_, peer_, implicit_tls_);
  co_await serve();
  if (!handed_over_ && !finished_) finish("client left");
}

Task<> Session::serve() {
  if (!co_await ask_leave()) co_return;
  if (implicit_tls_ && !co_await start_tls()) co_return;
  if (!co_await say(greeting())) co_return;
  co_await converse();
}

// One question per connection. Under implicit TLS a refusal is silent: there is nobody to talk to yet.
Task<bool> Session::ask_leave() {
  const auto leave = co_await announce();
  settled_ = true;
  if (!leave) {
    environment_.probe.trouble(name_, "auth does not answer", to_string(leave.error()));
    if (!implicit_tls_) (void)co_await say(farewell("Temporary problem, please try again later"));
    finish("auth does not answer");
    co_return false;
  }
  if (!leave->allowed) {
    environment_.probe.refused(service_, peer_, leave->reason);
    if (!implicit_tls_) (void)co_await say(farewell(leave->reason));
    finish("refused");
    co_return false;
  }
  co_return true;
}

Task<ChannelResult<auth::ConnectedReply>> Session::announce() {
  const Deadline deadline = environment_.loop.in(auth_time);
  auto reply = co_await environment_.auth.call(auth::Connected{service_, peer_}, deadline);
  if (!reply && reply.error() == ChannelFault::Closed) {
    reply = co_await environment_.auth.call(auth::Connected{service_, peer_}, deadline);
  }
  auth_generation_ = environment_.auth.generation();
  if (reply && reply->allowed) {
    connection_ = reply->connection;
    mechanisms_plain_ = reply->mechanisms_plain;
    mechanisms_tls_ = reply->mechanisms_tls;
  }
  co_return reply;
}

// An auth that was started anew is told of the connection first; one that dies over the question is asked again.
Task<ChannelResult<auth::SaslReply>> Session::begin(auth::SaslBegin request) {
  ChannelResult<auth::SaslReply> reply = fail(ChannelFault::Closed);
  for (int attempt = 0; attempt < 2 && !reply && reply.error() == ChannelFault::Closed; ++attempt) {
    const auto attached = co_await environment_.auth.wait_attached(environment_.loop.in(auth_time));
    if (!attached) co_return fail(attached.error());
    if (environment_.auth.generation() != auth_generation_) {
      const auto again = co_await announce();
      if (!again) co_return fail(again.error());
      if (!again->allowed) co_return fail(ChannelFault::Refused);
    }
    request.connection = connection_;
    reply = co_await environment_.auth.call(request, environment_.loop.in(auth_time));
  }
  co_return reply;
}

void Session::say_farewell(std::string_view why) {
  if (stream_ && (!implicit_tls_ || tls())) (void)stream_->write_now(farewell(why));
  finish(std::string(why));
}

void Session::finish(std::string why) {
  if (finished_) return;
  finished_ = true;
  if (!handed_over_) environment_.probe.ended(name_, why);
}

Task<bool> Session::say(std::string text) {
  const auto written = co_await write_all(*stream_, text, environment_.loop.in(write_time));
  if (!written) finish(to_string(written.error()));
  co_return written.has_value();
}

Task<bool> Session::more() {
  for (;;) {
    const auto ready = co_await stream_->readable(login_deadline());
    const auto count = ready ? stream_->read_now(environment_.buffer) : IoResult<std::size_t>(fail(ready.error()));
    if (count) {
      input_.append(environment_.buffer.data(), *count);
      co_return true;
    }
    if (count.error() == IoFault::WouldBlock) continue;
    if (count.error() == IoFault::TimedOut) (void)co_await say(farewell("Too slow to sign in"));
    finish(count.error() == IoFault::TimedOut ? "too slow to sign in" : to_string(count.error()));
    co_return false;
  }
}

Task<bool> Session::start_tls() {
  input_ = {};
  const std::shared_ptr<TlsServerContext> context = environment_.tls;
  if (!context) {
    finish("no certificate");
    co_return false;
  }
  auto secured = co_await context->accept(std::move(stream_), login_deadline());
  if (!secured) {
    environment_.probe.tls_failed(name_, to_string(secured.error()));
    finish("tls failed");
    co_return false;
  }
  stream_ = std::move(*secured);
  context_ = context;
  co_return true;
}

std::vector<std::string> Session::mechanisms() const {
  std::vector<std::string> offered = tls() ? mechanisms_tls_ : mechanisms_plain_;
  if (!tls() || stream_->channel_binding().empty()) std::erase(offered, "SCRAM-SHA-256-PLUS");
  return offered;
}

bool Session::offers(std::string_view mechanism) const {
  const auto offered = mechanisms();
  return std::ranges::find(offered, mechanism) != offered.end();
}

bool Session::too_many_failures() { return ++failures_ >= environment_.settings.failures_per_connection; }

Task<Session::SignIn> Session::sign_in_plain(std::string user, std::string password, std::string tag) {
  std::string message = sasl::write_plain({{}, std::move(user), std::move(password)});
  return sign_in("PLAIN", true, std::move(message), std::move(tag));
}

Task<Session::SignIn> Session::sign_in(std::string mechanism, bool has_initial, std::string initial, std::string tag) {
  auth::SaslBegin request;
  request.service = service_;
  request.mechanism = std::move(mechanism);
  request.has_initial = has_initial;
  request.initial = std::move(initial);
  request.tls = tls();
  request.channel_binding = stream_->channel_binding();
  auto first = co_await begin(std::move(request));
  Course course = Course::Trouble;
  auth::SaslReply reply;
  if (first) {
    course = Course::Success;
    reply = co_await challenge(std::move(*first), course);
  } else {
    environment_.probe.trouble(name_, "auth does not answer", to_string(first.error()));
  }
  if (course != Course::Success) co_return SignIn{course, {}};
  switch (reply.step) {
    case auth::Step::Success: break;
    case auth::Step::Denied: co_return SignIn{Course::Denied, {}};
    case auth::Step::Malformed: co_return SignIn{Course::Malformed, {}};
    case auth::Step::Refused: co_return SignIn{Course::Refused, reply.reason};
    case auth::Step::Challenge:
    case auth::Step::Unavailable: co_return SignIn{Course::Trouble, {}};
  }
  if (!co_await hand_over(std::move(reply), std::move(tag))) co_return SignIn{Course::Trouble, {}};
  co_return SignIn{Course::Success, {}};
}

// Carries challenges and responses until there is an outcome. `course` stays Success when it is in the reply.
Task<auth::SaslReply> Session::challenge(auth::SaslReply reply, Course& course) {
  while (reply.step == auth::Step::Challenge) {
    std::string line;
    const bool asked = co_await say("+ " + base64_encode(reply.data) + "\r\n");
    if (!asked || !co_await response_line(line)) {
      course = Course::Gone;
      co_return reply;
    }
    const auto response = base64_decode(line);
    auth::SaslContinue next{reply.exchange, !response, response.value_or("")};
    auto answer = co_await environment_.auth.call(next, environment_.loop.in(auth_time));
    if (!response) {
      course = line == "*" ? Course::Cancelled : Course::Malformed;
      co_return reply;
    }
    if (!answer) {
      environment_.probe.trouble(name_, "auth does not answer", to_string(answer.error()));
      course = Course::Trouble;
      co_return reply;
    }
    reply = std::move(*answer);
  }
  co_return reply;
}

// A line that is too long or holds what no line may comes back as one that is not base64.
Task<bool> Session::response_line(std::string& line) {
  pop3::LineReader reader(longest_response);
  for (;;) {
    std::string_view rest = input_;
    const auto outcome = reader.feed(rest);
    input_.erase(0, input_.size() - rest.size());
    switch (outcome) {
      case pop3::LineReader::Outcome::Line: line = reader.line(); co_return true;
      case pop3::LineReader::Outcome::TooLong:
      case pop3::LineReader::Outcome::Malformed: line = "?"; co_return true;
      case pop3::LineReader::Outcome::NeedMore: break;
    }
    if (!co_await more()) co_return false;
  }
}

}  // namespace courier::front
