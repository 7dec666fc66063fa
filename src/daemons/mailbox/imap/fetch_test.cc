// FETCH of many messages and of large ones: what is sent is what lies in the files, byte for byte, whatever others do meanwhile.
#include "daemons/mailbox/imap/testing.h"
#include "daemons/mailbox/imap/told_structure.h"
#include "wire/imap/body_structure.h"
#include "wire/imap/envelope.h"

namespace courier::mailbox {
namespace {

bool has(const std::string& text, std::string_view piece) { return text.find(piece) != std::string::npos; }

std::string as_sent(std::string_view stored) {
  std::string wire;
  for (const char c : stored) {
    if (c == '\n' && !wire.ends_with('\r')) wire += '\r';
    wire += c;
  }
  return wire;
}

class FetchTest : public ImapTest {
 protected:
  // Message `number` is at that place, from 1, once the folder is selected.
  void deliver_numbered(std::size_t number, std::string_view content, const std::string& size) {
    deliver("/m/cur/" + std::to_string(1'767'600'000 + number) + ".M1P1.other" + size + ":2,S", content);
    contents.emplace_back(content);
  }
  void make_maildir() {
    select();
    clients.clear();
  }
  void select() {
    sign_in();
    ASSERT_TRUE(has(say("s SELECT INBOX"), "s OK"));
  }
  // What FETCH 1:* BODY.PEEK[] answers.
  std::string all() const {
    std::string told;
    for (std::size_t i = 0; i < contents.size(); ++i) {
      const std::string wire = as_sent(contents[i]);
      told += "* " + std::to_string(i + 1) + " FETCH (BODY[] {" + std::to_string(wire.size()) + "}\r\n" + wire + ")\r\n";
    }
    return told + "a OK Fetched.\r\n";
  }
  static std::string text_of(std::size_t number, std::size_t size) {
    std::string text = "Subject: " + std::to_string(number) + "\n\n";
    for (std::size_t line = number; text.size() < size; ++line) text += std::string(line % 90, 'x') + (line % 7 == 0 ? "\r\n" : "\n");
    if (size > 100) text.resize(size);
    return text;
  }

  std::vector<std::string> contents;
};

TEST_F(FetchTest, ManyMessagesByteForByte) {
  make_maildir();
  for (std::size_t i = 0; i < 1'020; ++i) {
    const std::string text = text_of(i, i % 100 == 99 ? 20'000 : i % 3 * 200);
    const std::string sizes[] = {"", ",S=" + std::to_string(text.size()), ",S=3", ",S=400000", ",S=" + std::to_string(text.size())};
    deliver_numbered(i, text, sizes[i % 5]);
  }
  for (const std::size_t size : {0u, 131'071u, 131'072u, 131'073u, 600'000u}) {
    deliver_numbered(contents.size(), text_of(1, size), ",S=" + std::to_string(text_of(1, size).size()));
    deliver_numbered(contents.size(), "small\n", ",S=6");
  }
  deliver_numbered(contents.size(), "no line end", "");
  deliver_numbered(contents.size(), "", ",S=0");
  select();
  EXPECT_EQ(say("a FETCH 1:* BODY.PEEK[]"), all());
  const std::string told = say("a FETCH 1:* (UID RFC822.SIZE ENVELOPE BODYSTRUCTURE)");
  EXPECT_EQ(say("a FETCH 1:* (UID RFC822.SIZE ENVELOPE BODYSTRUCTURE)"), told);  // now from the cache
  EXPECT_EQ(cache.hits, contents.size() + 2);                                    // two were read as files before
  EXPECT_EQ(say("a FETCH 1:* BODY.PEEK[]"), all());
}

// The messages' sizes are remembered as they are made: so many were read while the client took nothing.
TEST_F(FetchTest, AClientThatTakesNothingStopsTheReading) {
  make_maildir();
  for (std::size_t i = 0; i < 600; ++i) deliver_numbered(i, text_of(i, 4'000), "");
  pipe = 8 * 1024;
  select();
  Client& client = only();
  ASSERT_TRUE(client.stream->write_now("a FETCH 1:* (RFC822.SIZE BODY.PEEK[])\r\n"));
  loop.run_ready();
  EXPECT_GT(cache.entries.size(), 0u);
  EXPECT_LT(cache.entries.size(), 200u);
  const std::string rest = receive(client);
  EXPECT_TRUE(rest.ends_with("a OK Fetched.\r\n"));
  EXPECT_EQ(cache.entries.size(), 600u);
}

TEST_F(FetchTest, AClientThatGoesAwayInTheMiddle) {
  make_maildir();
  for (std::size_t i = 0; i < 200; ++i) deliver_numbered(i, text_of(i, 4'000), "");
  deliver_numbered(200, text_of(200, 400'000), "");
  pipe = 8 * 1024;
  select();
  Client& client = only();
  ASSERT_TRUE(client.stream->write_now("a FETCH 1:* BODY.PEEK[]\r\n"));
  loop.run_ready();
  client.stream.reset();
  loop.run_ready();
  EXPECT_TRUE(client.over);
}

// Another program changes flags of messages, removes one and writes another's file anew, while a session has the folder selected.
TEST_F(FetchTest, WhatOthersDoMeanwhile) {
  make_maildir();
  for (std::size_t i = 0; i < 4; ++i) deliver_numbered(i, text_of(i, 300), ",S=" + std::to_string(text_of(i, 300).size()));
  select();
  const std::string command = "a FETCH 1:* (RFC822.SIZE ENVELOPE BODY.PEEK[] BODY.PEEK[1])";
  EXPECT_TRUE(has(say(command), "a OK Fetched."));
  const auto file = [&](std::size_t i, const char* flags) {
    return "/m/cur/" + std::to_string(1'767'600'000 + i) + ".M1P1.other,S=" + std::to_string(contents[i].size()) + ":2," + flags;
  };
  ASSERT_TRUE(disk.rename(file(1, "S"), file(1, "FS")));
  ASSERT_TRUE(disk.unlink(file(2, "S")));
  ASSERT_TRUE(disk.unlink(file(3, "S")));
  deliver(file(3, "S"), "Subject: another\n\nand another size\n");
  const std::string told = say(command);
  EXPECT_TRUE(has(told, as_sent(contents[1])));
  EXPECT_FALSE(has(told, "* 3 FETCH"));
  EXPECT_TRUE(has(told, "* 4 FETCH (RFC822.SIZE 38 ENVELOPE (NIL \"another\" ")) << told;
  EXPECT_TRUE(has(told, "BODY[] {38}\r\nSubject: another\r\n\r\nand another size\r\n BODY[1] {18}\r\nand another size\r\n)"));
  EXPECT_TRUE(has(told, "a OK [EXPUNGEISSUED]"));
}

// A file of the cached size whose parts are elsewhere: what was promised cannot be sent.
TEST_F(FetchTest, AMessageThatCannotBeReadEndsTheSession) {
  append("INBOX", "Subject: x\r\n\r\n1\r\n2\r\n3\r\n");
  say("s SELECT INBOX");
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[1]"), "BODY[1] {9}\r\n1\r\n2\r\n3\r\n)"));
  const auto files = disk.list("/m/cur");
  ASSERT_EQ(files->size(), 1u);
  const auto file = disk.open("/m/cur/" + files->front().name, OpenMode::ReadWrite);
  ASSERT_TRUE((*file)->write_at(0, "Subject: x\n\n1 2 3\n"));
  say("a FETCH 1 BODY.PEEK[1]");
  EXPECT_TRUE(only().over);
}

TEST(ToldStructure, IsReadAsItWasWritten) {
  message::StructureParser parser;
  parser.write("Subject: x\nContent-Type: text/html\n\nbody\n");
  const message::Structure structure = parser.finish();
  const std::string bytes = write_told_structure(structure);
  const auto told = read_told_structure(bytes);
  ASSERT_TRUE(told);
  std::string envelope, body;
  imap::write_envelope(envelope, *structure.parts[0].envelope);
  imap::write_body(body, structure, imap::Extended::Yes);
  EXPECT_EQ(told->envelope, envelope);
  EXPECT_EQ(told->body_structure, body);
  EXPECT_EQ(message::decode_structure(told->encoded), structure);
  for (std::size_t cut = 0; cut < 9 + envelope.size() + body.size(); ++cut) EXPECT_FALSE(read_told_structure(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(read_told_structure(message::encode_structure(structure)));
}

}  // namespace
}  // namespace courier::mailbox
