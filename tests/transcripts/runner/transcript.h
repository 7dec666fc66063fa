// Transcripts: whole conversations in plain text, one file a subject.
//
//   == A title                  begins a conversation, with a server and a connection of its own
//   = role submission           an option for the server, before the first line
//   # comment
//   C: EHLO client.test         the client sends this line and CRLF
//   C~ MAIL FR                  the same without CRLF
//   S: 250 2.1.0 Ok             the server answers exactly this line; '*' stands for any text
//   T: 300                      the clock moves on by that many seconds
//   END                         the server has ended the connection
//   HALF                        the client will send no more
//
// \r \n \t \0 \\ \xNN are what they mean, \* is a star; \{N} repeats the character before it N times.
// After the last line nothing more may have come. Every conversation runs twice: the client's bytes in one piece, and one by one (long ones in pieces of 61).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/stream.h"
#include "runtime/testing/manual_loop.h"

namespace courier::transcript {

struct Step {
  enum class Kind { Send, Expect, Wait, End, Half } kind = Kind::Send;
  int line = 0;  // in the file
  std::string text;  // Send: bytes; Expect: pattern with escapes undone except '\*'
  std::int64_t seconds = 0;
};
struct Conversation {
  std::string title;
  int line = 0;
  std::map<std::string, std::string> options;
  std::vector<Step> steps;
};

// The error names the line.
[[nodiscard]] Result<std::vector<Conversation>, std::string> parse(std::string_view text);

// `*` in `pattern` stands for any text, `\*` for itself.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view line);

// A server made for one conversation, on a manual loop.
class Server {
 public:
  virtual ~Server() = default;
  [[nodiscard]] virtual ManualLoop& loop() = 0;
  // The client's end.
  [[nodiscard]] virtual StreamPtr connect() = 0;
};
using ServerFactory = std::function<std::unique_ptr<Server>(const std::map<std::string, std::string>& options)>;

// Empty, or what went wrong and in which line. `pieces`: how many bytes the client sends at once.
[[nodiscard]] std::string run(const Conversation& conversation, Server& server, std::size_t pieces);

// main() of a test program: the arguments are folders of .txt files.
int run_transcripts(int argc, char** argv, const ServerFactory& make);

}  // namespace courier::transcript
