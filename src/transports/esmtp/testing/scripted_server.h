// For tests: SMTP servers in memory that do as their script says, and a dialer that leads to them.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "runtime/task_group.h"
#include "runtime/tls.h"
#include "transports/esmtp/dialer.h"

namespace courier::esmtp {

struct Script {
  std::vector<std::string> offers{"PIPELINING", "8BITMIME", "SIZE 10000000", "SMTPUTF8"};
  // By the beginning of the command, the longest that fits; also "greeting" and "." (the end of data). Empty: the
  // connection is cut instead. "-": no answer ever comes.
  std::map<std::string, std::string> answers;
  TlsServerContext* tls = nullptr;  // STARTTLS is offered and works; after it offers_with_tls, if any
  std::vector<std::string> offers_with_tls;
  bool implicit_tls = false;

  // What happened.
  std::vector<std::string> commands;   // without the data
  std::vector<std::string> messages;   // as on the wire
  std::vector<std::string> batches;    // what one read brought, outside data
  std::size_t connections = 0, tls_connections = 0;
};

// One connection under a script.
class ScriptedSession {
 public:
  ScriptedSession(Loop& loop, Script& script) : loop_(loop), script_(script) {}

  Task<> run(StreamPtr stream) {
    stream_ = std::move(stream);
    ++script_.connections;
    if (script_.implicit_tls && !co_await start_tls()) co_return;
    if (!co_await answer("greeting", "220 mx.test ESMTP")) co_return;
    std::string input;
    while (true) {
      const std::size_t end = input.find("\r\n");
      if (end == std::string::npos) {
        const std::size_t had = input.size();
        if (!co_await more(input)) co_return;
        if (!in_data_) script_.batches.push_back(input.substr(had));
        continue;
      }
      const std::string line = input.substr(0, end);
      input.erase(0, end + 2);
      if (!co_await take(line, input)) co_return;
    }
  }

 private:
  Task<bool> more(std::string& input) {
    char buffer[8192];
    const auto got = co_await read_some(*stream_, buffer, Deadline::never());
    if (!got) co_return false;
    input.append(buffer, *got);
    co_return true;
  }

  Task<bool> take(const std::string& line, std::string& input) {
    if (in_data_) {
      if (line != ".") {
        message_ += line + "\r\n";
        co_return true;
      }
      in_data_ = false;
      script_.messages.push_back(std::move(message_));
      message_.clear();
      co_return co_await answer(".", "250 2.0.0 queued");
    }
    script_.commands.push_back(line);
    if (line == "DATA") co_return co_await data();
    if (line.starts_with("EHLO")) co_return co_await answer(line, "250-mx.test" + offers());
    if (line == "STARTTLS") {
      const bool went = co_await answer(line, "220 go");
      input.clear();
      if (!went) co_return false;
      co_return refused_ || co_await start_tls();
    }
    if (line.starts_with("AUTH")) co_return co_await answer(line, "235 2.7.0 welcome");
    if (line == "QUIT") {
      co_await answer(line, "221 bye");
      co_return false;
    }
    co_return co_await answer(line, "250 2.1.0 ok");
  }

  Task<bool> data() {
    const bool went = co_await answer("DATA", "354 go");
    in_data_ = went && !refused_;
    co_return went;
  }

  Task<bool> start_tls() {
    if (!script_.tls) co_return false;
    auto secured = co_await script_.tls->accept(std::move(stream_), Deadline::never());
    if (!secured) co_return false;
    stream_ = std::move(*secured);
    encrypted_ = true;
    ++script_.tls_connections;
    co_return true;
  }

  std::string offers() const {
    std::string lines;
    for (const auto& offer : encrypted_ && !script_.offers_with_tls.empty() ? script_.offers_with_tls : script_.offers) {
      lines += "\r\n250-" + offer;
    }
    if (script_.tls && !encrypted_) lines += "\r\n250-STARTTLS";
    return lines + "\r\n250 HELP";
  }

  // False: the connection ends.
  Task<bool> answer(const std::string& command, std::string text) {
    std::size_t best = 0;
    refused_ = false;
    for (const auto& [prefix, scripted] : script_.answers) {
      if (!istarts_with(command, prefix) || prefix.size() < best) continue;
      best = prefix.size();
      text = scripted;
      refused_ = !text.starts_with("354") && !text.starts_with("220");
    }
    if (text.empty()) co_return false;
    if (text == "-") co_await loop_.sleep(hours(24));
    const auto written = co_await write_all(*stream_, text + "\r\n", Deadline::never());
    co_return written && !text.starts_with("421");
  }

  Loop& loop_;
  Script& script_;
  StreamPtr stream_;
  std::string message_;
  bool in_data_ = false, encrypted_ = false, refused_ = false;
};

// Leads each address to its script; an address without one refuses connections, one in `silent` never answers.
class ScriptedDialer final : public Dialer {
 public:
  explicit ScriptedDialer(Loop& loop) : loop_(loop), tasks_(std::make_unique<TaskGroup>(loop, no_exceptions())) {}

  Script& at(const std::string& ip) { return scripts_[ip]; }
  // Nobody listens there any more.
  void down(const std::string& ip) { scripts_.erase(ip); }
  // Every server closes its connections.
  void hang_up() { tasks_ = std::make_unique<TaskGroup>(loop_, no_exceptions()); }
  std::vector<std::string> silent;
  std::vector<std::string> dialed;  // "192.0.2.1:25"

  Task<IoResult<StreamPtr>> dial(Endpoint to, std::optional<IpAddress>, Deadline deadline) override {
    dialed.push_back(to.text());
    for (const auto& ip : silent) {
      if (ip != to.ip.text()) continue;
      co_await loop_.sleep_until(deadline.at);
      co_return fail(IoError{IoFault::TimedOut, 0, {}});
    }
    const auto script = scripts_.find(to.ip.text());
    if (script == scripts_.end()) co_return fail(IoError{IoFault::Refused, 0, {}});
    StreamPair pair = make_memory_streams(loop_);
    tasks_->spawn(serve(script->second, std::move(pair.first)));
    co_return std::move(pair.second);
  }

 private:
  Task<> serve(Script& script, StreamPtr stream) {
    ScriptedSession session(loop_, script);
    co_await session.run(std::move(stream));
  }

  Loop& loop_;
  std::map<std::string, Script> scripts_;
  std::unique_ptr<TaskGroup> tasks_;
};

}  // namespace courier::esmtp
