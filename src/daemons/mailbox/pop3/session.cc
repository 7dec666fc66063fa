#include "daemons/mailbox/pop3/session.h"

#include <array>

#include "base/text.h"
#include "wire/pop3/reply.h"

namespace courier::mailbox {

namespace {

constexpr Duration write_time = minutes(5);
constexpr std::size_t flush_at = 64 * 1024;

}  // namespace

std::unique_ptr<Session> make_pop3_session(SessionStart start, const Pop3Settings& settings, Pop3Probe& probe) {
  return std::make_unique<Pop3Session>(std::move(start), settings, probe);
}

Pop3Session::Pop3Session(SessionStart start, const Pop3Settings& settings, Pop3Probe& probe)
    : start_(std::move(start)), settings_(settings), probe_(probe), tasks_(start_.loop, no_exceptions()) {}

Pop3Session::~Pop3Session() {
  if (started_) probe_.ended(start_.session, start_.account->spec().address, ended_because_, totals_);
}

Task<> Pop3Session::run() {
  out_ = std::move(start_.first_output);
  input_ = std::move(start_.buffered);
  if (co_await open_inbox()) co_await converse();
  co_await flush();
}

// The maildrop is what the inbox holds now (RFC 1939, section 4); only then the sign-in has succeeded.
Task<bool> Pop3Session::open_inbox() {
  auto folder = co_await start_.account->open(store::FolderName());
  if (folder) {
    auto refreshed = co_await (*folder)->refresh(store::Access::Select);
    if (refreshed) {
      maildrop_.emplace(std::move(*folder), std::move(refreshed->snapshot));
      probe_.started(start_, maildrop_->size());
      started_ = true;
      out_ += pop3::ok("logged in.");
      co_return true;
    }
    folder = fail(refreshed.error());
  }
  probe_.refused(start_, folder.error().text);
  out_ += pop3::err("The mailbox cannot be opened now.", "SYS/TEMP");
  co_return false;
}

Task<> Pop3Session::converse() {
  while (!ending_ && !draining_) {
    std::string_view rest = input_;
    const auto outcome = reader_.feed(rest);
    input_.erase(0, input_.size() - rest.size());
    if (outcome != pop3::LineReader::Outcome::NeedMore) {
      co_await take(outcome);
      if (out_.size() >= flush_at && !co_await flush()) co_return;
      continue;
    }
    input_ = {};
    if (!co_await flush()) co_return;
    const Wake woken = co_await wait();
    if (woken == Wake::TimedOut) ended_because_ = "timed out";
    if (woken != Wake::Readable || !read_input()) co_return;
  }
  if (draining_ && !ending_) ended_because_ = "shutting down";
}

// Until there is input, the deadline came or drain() was called.
Task<Pop3Session::Wake> Pop3Session::wait() {
  wake_ = make_cell();
  tasks_.spawn(watch_input(wake_, start_.loop.in(settings_.idle_timeout)));
  const CellRef cell = wake_;
  const int outcome = co_await cell;
  wake_ = {};
  co_return static_cast<Wake>(outcome);
}

// Completes by post: the session that goes on then may end, and this task with it.
Task<> Pop3Session::watch_input(CellRef wake, Deadline deadline) {
  const auto ready = co_await start_.stream->readable(deadline);
  const Wake outcome = ready ? Wake::Readable : ready.error() == IoFault::TimedOut ? Wake::TimedOut : Wake::Closed;
  start_.loop.post([wake, outcome] { wake->complete(static_cast<int>(outcome)); });
}

void Pop3Session::drain() {
  draining_ = true;
  if (!wake_) return;
  ended_because_ = "shutting down";
  start_.loop.post([wake = wake_] { wake->complete(static_cast<int>(Wake::Drain)); });
}

// The buffer lives only as long as this call. False when the client is gone.
bool Pop3Session::read_input() {
  std::array<char, 4096> buffer;
  const auto got = start_.stream->read_now(buffer);
  if (got) input_.append(buffer.data(), *got);
  return got || got.error() == IoFault::WouldBlock;
}

Task<bool> Pop3Session::flush() {
  if (out_.empty()) co_return true;
  const std::string bytes = std::exchange(out_, {});
  const auto written = co_await write_all(*start_.stream, bytes, start_.loop.in(write_time));
  if (!written) ending_ = true;
  co_return written.has_value();
}

Task<> Pop3Session::take(pop3::LineReader::Outcome outcome) {
  if (outcome == pop3::LineReader::Outcome::TooLong) {
    refuse("Line too long.");
  } else if (outcome == pop3::LineReader::Outcome::Malformed) {
    refuse("A line has characters that it must not have.");
  } else {
    const auto command = pop3::parse_command(reader_.line());
    if (command) {
      co_await execute(*command);
    } else {
      const std::string text =
          command.error().unknown ? "Invalid command." : std::string("Syntax error: expected ") + command.error().expected + '.';
      refuse(text.c_str());
    }
  }
}

Task<> Pop3Session::execute(const pop3::Command& command) {
  if (std::holds_alternative<pop3::Stat>(command)) co_return co_await stat();
  if (const auto* c = std::get_if<pop3::List>(&command)) co_return co_await list(*c);
  if (const auto* c = std::get_if<pop3::Uidl>(&command)) co_return co_await uidl(*c);
  if (const auto* c = std::get_if<pop3::Retr>(&command)) co_return co_await retr(*c);
  if (const auto* c = std::get_if<pop3::Top>(&command)) co_return co_await top(*c);
  if (std::holds_alternative<pop3::Quit>(command)) co_return co_await quit();
  if (const auto* c = std::get_if<pop3::Dele>(&command)) co_return dele(*c);
  if (std::holds_alternative<pop3::Rset>(command)) co_return rset();
  if (std::holds_alternative<pop3::Noop>(command)) {
    out_ += pop3::ok("Yup.");
  } else if (std::holds_alternative<pop3::Capa>(command)) {
    out_ += pop3::capa_reply({});
  } else {
    refuse("You are signed in already.");
  }
}

bool Pop3Session::known(std::uint32_t number) {
  if (maildrop_->has(number)) return true;
  refuse("No such message.");
  return false;
}

void Pop3Session::refuse(const char* text) {
  out_ += pop3::err(text);
  if (++errors_ < settings_.max_errors) return;
  out_ += pop3::err("Too many errors.");
  ended_because_ = "too many errors";
  ending_ = true;
}

void Pop3Session::store_failed(const store::StoreError& error) {
  if (error.fault == store::StoreFault::Gone) {
    out_ += pop3::err("Can't open the message file - it's gone!");
    return;
  }
  probe_.store_failed(start_.session, start_.account->spec().address, error.text);
  out_ += pop3::err("The mailbox cannot be read now.", "SYS/TEMP");
}

}  // namespace courier::mailbox
