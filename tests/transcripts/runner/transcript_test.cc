#include "transcripts/runner/transcript.h"

#include <gtest/gtest.h>

namespace courier::transcript {
namespace {

// Says "hello", then gives every line back, and ends at "bye".
class Echo final : public Server {
 public:
  ManualLoop& loop() override { return loop_; }
  StreamPtr connect() override {
    StreamPair pair = make_memory_streams(loop_);
    task_ = serve(std::move(pair.first));
    task_.start();
    return std::move(pair.second);
  }

 private:
  static Task<> serve(StreamPtr given) {
    const StreamPtr stream = std::move(given);  // ends with the body, not with the frame
    (void)stream->write_now("hello\r\n");
    std::string line;
    char byte = 0;
    while (co_await read_some(*stream, {&byte, 1}, Deadline::never())) {
      line += byte;
      if (!line.ends_with("\r\n")) continue;
      if (line == "bye\r\n") co_return;
      (void)stream->write_now(std::exchange(line, {}));
    }
  }
  ManualLoop loop_;
  Task<> task_;
};

std::string outcome(std::string_view text) {
  const auto conversations = parse(text);
  if (!conversations) return conversations.error();
  Echo echo;
  return run(conversations->at(0), echo, 1);
}

TEST(Transcript, PassesWhatIsAsWritten) {
  EXPECT_EQ(outcome("== t\nS: hello\nC: a\\{3}*b\nS: aaa\\*b\nC~ x\nC: y\nS: x*\nC: bye\nEND\n"), "");
}

TEST(Transcript, FailsWhatIsNot) {
  EXPECT_NE(outcome("== t\nS: hallo\n"), "");
  EXPECT_NE(outcome("== t\n"), "");
  EXPECT_NE(outcome("== t\nS: hello\nS: more\n"), "");
  EXPECT_NE(outcome("== t\nS: hello\nEND\n"), "");
  EXPECT_NE(outcome("== t\nS: hello\nC: a\nEND\n"), "");
}

TEST(Transcript, NamesTheLineThatCannotBeRead) {
  EXPECT_EQ(parse("S: x\n").error(), "line 1: a conversation begins with '== title'");
  for (const char* bad :
       {"== t\nX: y\n", "== t\nC: \\q\n", "== t\nC: \\xZZ\n", "== t\nC: \\{3}\n", "== t\nT: soon\n", "== t\nC: a\n= b c\n"}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace courier::transcript
