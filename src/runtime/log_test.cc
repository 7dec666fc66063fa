#include "runtime/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "runtime/log_line.h"
#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

struct LogFolder {
  LogFolder() {
    char name[] = "/tmp/courier-log-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~LogFolder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string read(const std::string& file) const {
    std::ifstream in(path + "/" + file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string path;
};

std::string text_of(std::initializer_list<LogField> fields) {
  return log_text({wall_seconds(0), LogLevel::Info, "queue", 7, "message accepted", fields});
}

TEST(LogLine, QuotesWhatNeedsIt) {
  const std::string start = "1970-01-01T00:00:00.000000Z info queue[7] message accepted";
  EXPECT_EQ(text_of({}), start + "\n");
  EXPECT_EQ(text_of({{"n", 5}, {"ok", true}, {"big", std::uint64_t{1} << 63}}), start + " n=5 ok=yes big=9223372036854775808\n");
  EXPECT_EQ(text_of({{"a", ""}}), start + " a=\"\"\n");
  EXPECT_EQ(text_of({{"a", "x y"}, {"b", "p=\"q\"\\"}}), start + " a=\"x y\" b=\"p=\\\"q\\\"\\\\\"\n");
}

TEST(LogLine, KeepsAnEventOnOneLine) {
  EXPECT_NE(text_of({{"a", "x\r\ny\x1b[2J"}}).find("a=\"x\\x0d\\x0ay\\x1b[2J\"\n"), std::string::npos);
  EXPECT_NE(text_of({{"a", "gr\xc3\xbc\xc3\x9f"}}).find("a=gr\xc3\xbc\xc3\x9f\n"), std::string::npos);
  EXPECT_NE(text_of({{"a", "x\xff"}}).find("a=\"x\\xff\"\n"), std::string::npos);
  EXPECT_NE(text_of({{"a", "x\xc2\x9b"}}).find("a=\"x\\xc2\\x9b\"\n"), std::string::npos);
  const std::string text = text_of({{"a", std::string(5000, 'x')}});
  EXPECT_LT(text.size(), 2200u);
  EXPECT_NE(text.find("...\n"), std::string::npos);
}

TEST(LogLine, JsonIsOneObject) {
  EXPECT_EQ(log_json({wall_seconds(1), LogLevel::Error, "auth", 9, "disk failed", {{"path", "a\"b\n"}}}),
            "{\"time\":\"1970-01-01T00:00:01.000000Z\",\"level\":\"error\",\"process\":\"auth\",\"pid\":9,"
            "\"event\":\"disk failed\",\"path\":\"a\\\"b\\n\"}\n");
}

TEST(LogLine, JournalUsesTheBinaryFormForLineEnds) {
  const std::string datagram = log_journal({wall_seconds(1), LogLevel::Warning, "auth", 9, "odd", {{"queue-id", "a\nb"}}});
  EXPECT_NE(datagram.find("PRIORITY=4\n"), std::string::npos);
  EXPECT_NE(datagram.find("MESSAGE=odd queue-id=\"a\\x0ab\"\n"), std::string::npos) << datagram;
  EXPECT_NE(datagram.find(std::string("COURIER_QUEUE_ID\n\x03\0\0\0\0\0\0\0a\nb\n", 29)), std::string::npos);
}

TEST(Log, WritesAppendsAndReopens) {
  const LogFolder folder;
  const auto log = make_log({.target = LogSettings::Target::File, .file = folder.path + "/log", .level = LogLevel::Notice}, "test");
  log->notice("first");
  log->info("too small a thing");
  std::filesystem::rename(folder.path + "/log", folder.path + "/log.1");
  log->notice("second");
  log->reopen();
  log->notice("third");
  EXPECT_NE(folder.read("log.1").find("first"), std::string::npos);
  EXPECT_NE(folder.read("log.1").find("second"), std::string::npos);
  EXPECT_EQ(folder.read("log.1").find("small"), std::string::npos);
  EXPECT_EQ(folder.read("log").find("second"), std::string::npos);
  EXPECT_NE(folder.read("log").find("third"), std::string::npos);
}

TEST(Log, LinesWaitForOthersButNotForWarnings) {
  const LogFolder folder;
  ManualLoop loop;
  const auto log = make_log({.target = LogSettings::Target::File, .file = folder.path + "/log"}, "queue");
  log->gather(loop, milliseconds(5));
  log->info("one");
  EXPECT_EQ(folder.read("log"), "");
  loop.advance(milliseconds(5));
  EXPECT_NE(folder.read("log").find(" one\n"), std::string::npos);
  log->info("two");
  log->warning("three");
  EXPECT_TRUE(folder.read("log").ends_with(" three\n"));
  EXPECT_NE(folder.read("log").find(" two\n"), std::string::npos);
  log->info("four");
  std::thread([&] { log->info("five"); }).join();
  EXPECT_TRUE(folder.read("log").ends_with(" five\n"));
  EXPECT_LT(folder.read("log").find(" four\n"), folder.read("log").find(" five\n"));
}

TEST(Log, WritesWhatWaitsBeforeItEnds) {
  const LogFolder folder;
  ManualLoop loop;
  auto log = make_log({.target = LogSettings::Target::File, .file = folder.path + "/log"}, "queue");
  log->gather(loop, milliseconds(5));
  log->info("last words");
  log.reset();
  EXPECT_TRUE(folder.read("log").ends_with(" last words\n"));
  loop.advance(seconds(1));
}

TEST(Log, KeepsTheOldFileWhenReopeningFails) {
  const LogFolder folder;
  std::filesystem::create_directory(folder.path + "/sub");
  const auto log = make_log({.target = LogSettings::Target::File, .file = folder.path + "/sub/log"}, "test");
  std::filesystem::rename(folder.path + "/sub", folder.path + "/moved");
  log->reopen();
  log->info("still here");
  EXPECT_NE(folder.read("moved/log").find("still here"), std::string::npos);
}

TEST(Log, TakesADescriptorAndAnother) {
  const LogFolder folder;
  const Descriptor first(::creat((folder.path + "/a").c_str(), 0600));
  const auto log = make_log({.format = LogSettings::Format::Json}, "test", first.get());
  log->info("one");
  log->replace_file(Descriptor(::creat((folder.path + "/b").c_str(), 0600)));
  log->info("two");
  EXPECT_NE(folder.read("a").find("\"event\":\"one\""), std::string::npos);
  EXPECT_EQ(folder.read("a").find("two"), std::string::npos);
  EXPECT_NE(folder.read("b").find("\"event\":\"two\""), std::string::npos);
}

}  // namespace
}  // namespace courier
