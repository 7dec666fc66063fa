// Pop3Session: one POP3 client after sign-in. Commands are members named after their verbs; session.cc reads lines, finds the
// member and writes the answers, several in one write when commands are pipelined.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemons/mailbox/pop3/maildrop.h"
#include "daemons/mailbox/pop3/pop3.h"
#include "runtime/task_group.h"
#include "wire/pop3/command.h"
#include "wire/pop3/line_reader.h"

namespace courier::mailbox {

class Pop3Session final : public Session {
 public:
  Pop3Session(SessionStart start, const Pop3Settings& settings, Pop3Probe& probe);
  ~Pop3Session() override;

  [[nodiscard]] Task<> run() override;
  void drain() override;

 private:
  enum class Wake : int { Readable, TimedOut, Closed, Drain };

  [[nodiscard]] Task<bool> open_inbox();
  [[nodiscard]] Task<> converse();
  [[nodiscard]] Task<Wake> wait();
  [[nodiscard]] Task<> watch_input(CellRef wake, Deadline deadline);
  [[nodiscard]] bool read_input();
  [[nodiscard]] Task<> take(pop3::LineReader::Outcome outcome);
  [[nodiscard]] Task<bool> flush();

  // Each appends its answer to out_ (and may flush between pieces).
  [[nodiscard]] Task<> execute(const pop3::Command& command);
  [[nodiscard]] Task<> stat();
  [[nodiscard]] Task<> list(const pop3::List& command);
  [[nodiscard]] Task<> uidl(const pop3::Uidl& command);
  [[nodiscard]] Task<> retr(const pop3::Retr& command);
  [[nodiscard]] Task<> top(const pop3::Top& command);
  void dele(const pop3::Dele& command);
  void rset();
  [[nodiscard]] Task<> quit();

  // RETR and TOP: the message, all of it or header and lines.
  [[nodiscard]] Task<bool> send(std::uint32_t number, std::optional<std::uint32_t> lines);
  [[nodiscard]] bool known(std::uint32_t number);
  void refuse(const char* text);
  void store_failed(const store::StoreError& error);

  SessionStart start_;
  const Pop3Settings& settings_;
  Pop3Probe& probe_;
  std::optional<Maildrop> maildrop_;
  pop3::LineReader reader_;
  std::string input_;   // read and not yet taken
  std::string out_;
  Pop3Probe::Totals totals_;
  const char* ended_because_ = "client left";
  std::int64_t errors_ = 0;
  bool ending_ = false;
  bool draining_ = false;
  bool started_ = false;
  CellRef wake_;        // while waiting
  TaskGroup tasks_;
};

}  // namespace courier::mailbox
