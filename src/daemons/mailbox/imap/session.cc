#include "daemons/mailbox/imap/session.h"

#include <exception>

#include "daemons/mailbox/imap/capabilities.h"
#include "daemons/mailbox/imap/idling.h"

namespace courier::mailbox {

// Every command after sign-in, in the order of RFC 3501.
const ImapSession::Shape ImapSession::shapes[] = {
    {imap::Verb::Capability, false, Sync::Tell, &ImapSession::capability},
    {imap::Verb::Noop, false, Sync::Refresh, &ImapSession::noop},
    {imap::Verb::Logout, false, Sync::Nothing, &ImapSession::logout},
    {imap::Verb::Id, false, Sync::Tell, &ImapSession::id},
    {imap::Verb::StartTls, false, Sync::Nothing, &ImapSession::signed_in},
    {imap::Verb::Login, false, Sync::Nothing, &ImapSession::signed_in},
    {imap::Verb::Authenticate, false, Sync::Nothing, &ImapSession::signed_in},
    {imap::Verb::Enable, false, Sync::Tell, &ImapSession::enable},
    {imap::Verb::Namespace, false, Sync::Tell, &ImapSession::name_space},
    {imap::Verb::Select, false, Sync::Nothing, &ImapSession::select},
    {imap::Verb::Examine, false, Sync::Nothing, &ImapSession::select},
    {imap::Verb::Create, false, Sync::Tell, &ImapSession::create},
    {imap::Verb::Delete, false, Sync::Tell, &ImapSession::remove},
    {imap::Verb::Rename, false, Sync::Tell, &ImapSession::rename},
    {imap::Verb::Subscribe, false, Sync::Tell, &ImapSession::subscribe},
    {imap::Verb::Unsubscribe, false, Sync::Tell, &ImapSession::subscribe},
    {imap::Verb::List, false, Sync::Tell, &ImapSession::list},
    {imap::Verb::Lsub, false, Sync::Tell, &ImapSession::lsub},
    {imap::Verb::Status, false, Sync::Tell, &ImapSession::status},
    {imap::Verb::Append, false, Sync::Refresh, &ImapSession::append},
    {imap::Verb::Idle, false, Sync::Tell, &ImapSession::idle},
    {imap::Verb::Check, true, Sync::Refresh, &ImapSession::noop},
    {imap::Verb::Close, true, Sync::Nothing, &ImapSession::close},
    {imap::Verb::Unselect, true, Sync::Nothing, &ImapSession::unselect},
    {imap::Verb::Expunge, true, Sync::Tell, &ImapSession::expunge},
    {imap::Verb::Search, true, Sync::Keep, &ImapSession::search},
    {imap::Verb::Fetch, true, Sync::Keep, &ImapSession::fetch},
    {imap::Verb::Store, true, Sync::Keep, &ImapSession::store},
    {imap::Verb::Copy, true, Sync::Tell, &ImapSession::copy},
    {imap::Verb::Move, true, Sync::Tell, &ImapSession::copy},
};

std::unique_ptr<Session> make_imap_session(SessionStart start, const ImapSettings& settings, ImapProbe& probe) {
  return std::make_unique<ImapSession>(std::move(start), settings, probe);
}

ImapSession::ImapSession(SessionStart start, const ImapSettings& settings, ImapProbe& probe)
    : start_(std::move(start)),
      settings_(settings),
      probe_(probe),
      limits_{.command = static_cast<std::size_t>(settings.max_command)},
      reader_(limits_),
      output_(start_.loop, *start_.stream, settings.write_timeout),
      pending_(std::move(start_.buffered)),
      tasks_(start_.loop, no_exceptions()) {
  probe_.began();
}

ImapSession::~ImapSession() { probe_.ended(start_, end_reason_ ? end_reason_ : "ended by the server", received_, output_.sent()); }

Task<> ImapSession::run() {
  bool broken = false;
  try {
    co_await serve();
  } catch (const SessionEnd& end) {
    end_reason_ = end.reason;
  } catch (const std::exception& error) {
    end_reason_ = "internal error";
    probe_.store_failed(start_, "session", error.what());
    broken = true;
  }
  if (broken) {
    try {
      co_await say_bye("Internal error, please sign in again.", "internal error");
    } catch (const SessionEnd&) {}
  }
  idling_.reset();
  selected_.reset();
  start_.stream->finish_writing();
  co_await step_aside();
}

void ImapSession::drain() {
  draining_ = true;
  if (wake_) CellRef(wake_)->complete(static_cast<int>(Wake::Drain));
}

Task<> ImapSession::step_aside() {
  const CellRef aside = make_cell();
  start_.loop.post([aside] { aside->complete(); });
  co_await aside;
}

// --- input ---

Task<ImapSession::Wake> ImapSession::wait(Deadline deadline) {
  if (!pending_.empty()) co_return Wake::Readable;
  if (draining_) co_return Wake::Drain;
  wake_ = make_cell();
  if (!watching_) {
    watching_ = true;
    tasks_.spawn(watch_input(deadline));
  }
  const int outcome = co_await CellRef(wake_);
  wake_ = {};
  co_return static_cast<Wake>(outcome);
}

Task<> ImapSession::watch_input(Deadline deadline) {
  const auto ready = co_await start_.stream->readable(deadline);
  watching_ = false;
  const Wake wake = ready ? Wake::Readable : ready.error() == IoFault::TimedOut ? Wake::TimedOut : Wake::Closed;
  if (wake_) CellRef(wake_)->complete(static_cast<int>(wake));
}

void ImapSession::folder_changed() {
  if (wake_) CellRef(wake_)->complete(static_cast<int>(Wake::Changed));
}

// The command is not over: what is missing may be under way. Many clients send a literal and the line end after it apart.
Task<> ImapSession::more_input() {
  while (pending_.empty()) {
    start_.stream->acknowledge_now();
    const auto ready = co_await start_.stream->readable(start_.loop.in(settings_.write_timeout));
    if (!ready) throw SessionEnd{ready.error() == IoFault::TimedOut ? "client sends nothing" : "connection lost"};
    read_input();
  }
}

void ImapSession::read_input() {
  char buffer[16 * 1024];  // on the stack: a coroutine's frame would keep it while the session waits
  const auto count = start_.stream->read_now(buffer);
  if (!count) {
    if (count.error() == IoFault::WouldBlock) return;
    throw SessionEnd{count.error() == IoFault::Closed ? "disconnected" : "connection lost"};
  }
  received_ += *count;
  pending_.append(buffer, *count);
}

void ImapSession::consume(std::size_t bytes) {
  if (bytes == pending_.size()) {
    pending_ = std::string();
  } else {
    pending_.erase(0, bytes);
  }
}

// --- commands ---

// Frames live as long as the session waits: what is over is a coroutine of its own.
Task<> ImapSession::serve() {
  co_await greet();
  while (!end_reason_) {
    if (idling_) {
      co_await idle_step();
    } else {
      co_await next_step();
    }
  }
}

Task<> ImapSession::greet() {
  output_.text() += start_.first_output;
  start_.first_output = std::string();
  tell(start_.tag, ok("[CAPABILITY " + capabilities(settings_) + "] Signed in."));
  start_.tag = std::string();
  co_await output_.flush();
}

Task<> ImapSession::next_step() {
  const bool inside = reader_.busy();
  if (inside) start_.stream->acknowledge_now();
  const Wake wake = co_await wait(start_.loop.in(inside ? settings_.write_timeout : settings_.idle_timeout));
  switch (wake) {
    case Wake::Closed: throw SessionEnd{"disconnected"};
    case Wake::Drain: co_return co_await say_bye("The server is being restarted, please sign in again.", "drained");
    case Wake::TimedOut: co_return co_await say_bye("Disconnected for inactivity.", "inactivity");
    case Wake::Changed: co_return;
    case Wake::Readable: break;
  }
  if (pending_.empty()) read_input();
  std::string_view in = pending_;
  const auto step = reader_.feed(in);
  consume(pending_.size() - in.size());
  if (step != imap::CommandReader::Step::NeedMore) co_await take_step(step);
}

Task<> ImapSession::take_step(imap::CommandReader::Step step) {
  if (step == imap::CommandReader::Step::Continue) {
    output_.text() += "+ Go on.\r\n";
    co_return co_await output_.flush();
  }
  auto command = imap::parse_command(reader_.text(), limits_);
  reader_.reset();
  if (step == imap::CommandReader::Step::TooLong) {
    co_await reject(command ? command->tag : command.error().tag, "[TOOBIG] The command is too long.");
  } else if (!command) {
    co_await reject(command.error().tag, command.error().unknown ? "There is no such command." : "Syntax error in the command.");
  } else {
    co_await execute(*command);
  }
}

Task<> ImapSession::reject(std::string tag, const char* why) {
  probe_.rejected(start_, why);
  tell(tag, bad(why));
  if (++bad_commands_ >= settings_.max_bad_commands) {
    co_return co_await say_bye("[ALERT] Too many commands that are none.", "too many bad commands");
  }
  co_await output_.flush();
}

const ImapSession::Shape& ImapSession::shape_of(imap::Verb verb) {
  const Shape* shape = nullptr;
  for (const auto& candidate : shapes) {
    if (candidate.verb == verb) shape = &candidate;
  }
  CHECK(shape != nullptr);
  return *shape;
}

Task<> ImapSession::execute(const imap::Command& command) {
  const Shape& shape = shape_of(command.verb);
  if (shape.selected && !selected_) co_return co_await reject(command.tag, "No folder is selected.");
  probe_.command();
  Reply reply = co_await run_handler(shape, command);
  if (idling_) co_return;  // idle_step() concludes it
  co_await conclude(command.tag, shape, command.uid, std::move(reply));
}

Task<> ImapSession::conclude(std::string tag, const Shape& shape, bool uid, Reply reply) {
  if (reply.kind == Reply::Kind::Bad) co_return co_await reject(std::move(tag), reply.text.c_str());
  bad_commands_ = 0;
  co_await sync(shape.sync, uid);
  if (end_reason_ && shape.verb != imap::Verb::Logout) co_return;  // BYE was said meanwhile
  tell(tag, reply);
  co_await output_.flush();
}

Task<Reply> ImapSession::run_handler(const Shape& shape, const imap::Command& command) {
  co_return co_await (this->*shape.handler)(command);
}

void ImapSession::tell(const std::string& tag, const Reply& reply) {
  std::string& out = output_.text();
  out += tag.empty() ? "*" : tag;
  out += reply.kind == Reply::Kind::Ok ? " OK " : reply.kind == Reply::Kind::No ? " NO " : " BAD ";
  out += reply.text;
  out += "\r\n";
}

Task<> ImapSession::say_bye(const char* text, const char* reason) {
  end_reason_ = reason;
  output_.text() += std::string("* BYE ") + text + "\r\n";
  co_await output_.flush();
}

Reply ImapSession::failed(const store::StoreError& error, const imap::Command& command) {
  if (error.fault == store::StoreFault::Broken || error.fault == store::StoreFault::NoSpace) {
    probe_.store_failed(start_, to_string(command.verb).data(), error.text);
  }
  return reply_for(error.fault);
}

}  // namespace courier::mailbox
