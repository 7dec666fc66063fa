#include "daemons/mailbox/imap/session.h"

#include "base/text.h"
#include "daemons/mailbox/imap/testing.h"

namespace courier::mailbox {
namespace {

bool has(const std::string& text, std::string_view piece) { return text.find(piece) != std::string::npos; }

TEST_F(ImapTest, GreetsAndTellsCapabilities) {
  sign_in();
  EXPECT_TRUE(has(greeting, "l1 OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS"));
  EXPECT_TRUE(has(say("a CAPABILITY"), "* CAPABILITY IMAP4rev1"));
  EXPECT_TRUE(has(say("a NAMESPACE"), "* NAMESPACE ((\"\" \".\")) NIL NIL\r\na OK"));
  EXPECT_TRUE(has(say("a ID NIL"), "* ID (\"name\" \"Courier\")"));
  const std::string bye = say("a LOGOUT");
  EXPECT_TRUE(has(bye, "* BYE"));
  EXPECT_TRUE(has(bye, "a OK"));
  EXPECT_TRUE(only().over);
}

// What a waiting session keeps beside its coroutines; buffers, commands and answers are given back.
TEST_F(ImapTest, IdleSessionIsSmall) {
  EXPECT_LE(sizeof(ImapSession) + sizeof(Selected), 1200u);
  sign_in();
  EXPECT_TRUE(has(say("s SELECT INBOX"), "s OK"));
  EXPECT_FALSE(only().over);
}

TEST_F(ImapTest, TakesWhatWasBufferedAtTheHandOver) {
  sign_in("a NOOP\r\nb NOO");
  EXPECT_TRUE(has(greeting, "a OK"));
  EXPECT_TRUE(has(say("P"), "b OK"));
}

TEST_F(ImapTest, SelectTellsEverything) {
  append("INBOX", "Subject: x\r\n\r\nhello\r\n");
  const std::string told = say("a SELECT inbox");
  EXPECT_TRUE(has(told, "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n")) << told;
  EXPECT_TRUE(has(told, "* 1 EXISTS\r\n"));
  EXPECT_TRUE(has(told, " RECENT\r\n"));
  EXPECT_TRUE(has(told, "* OK [UNSEEN 1]"));
  EXPECT_TRUE(has(told, "* OK [UIDVALIDITY "));
  EXPECT_TRUE(has(told, "* OK [UIDNEXT "));
  EXPECT_TRUE(has(told, "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)]"));
  EXPECT_TRUE(has(told, "a OK [READ-WRITE]"));
  EXPECT_TRUE(has(say("a EXAMINE INBOX"), "a OK [READ-ONLY]"));
  EXPECT_TRUE(has(say("a STORE 1 +FLAGS (\\Seen)"), "a NO [CANNOT]"));
  EXPECT_TRUE(has(say("a SELECT nowhere"), "a NO [NONEXISTENT]"));
  EXPECT_TRUE(has(say("a FETCH 1 FLAGS"), "a BAD No folder is selected."));
}

TEST_F(ImapTest, FetchOfEveryItem) {
  append("INBOX",
         "From: Ann <ann@example.test>\r\nTo: bob@example.test\r\nSubject: hi\r\nDate: Mon, 05 Jan 2026 10:00:00 +0000\r\n"
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>\r\n--b--\r\n",
         "(\\Flagged $Work) \" 5-Jan-2026 11:00:00 +0100\"");
  say("s SELECT INBOX");
  EXPECT_TRUE(has(say("a FETCH 1 FLAGS"), "* 1 FETCH (FLAGS (\\Flagged $Work"));
  EXPECT_TRUE(has(say("a FETCH 1 (UID INTERNALDATE RFC822.SIZE)"), "INTERNALDATE \" 5-Jan-2026 10:00:00 +0000\" RFC822.SIZE 205)"));
  EXPECT_TRUE(
      has(say("a FETCH 1 ENVELOPE"), "ENVELOPE (\"Mon, 05 Jan 2026 10:00:00 +0000\" \"hi\" ((\"Ann\" NIL \"ann\" \"example.test\"))"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY"), "BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 0)(\"text\" \"html\""));
  EXPECT_TRUE(has(say("a FETCH 1 BODYSTRUCTURE"), " \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[1]"), "* 1 FETCH (BODY[1] {3}\r\none)\r\n"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[2.MIME]"), "BODY[2.MIME] {27}\r\nContent-Type: text/html\r\n\r\n)"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[3]"), "BODY[3] NIL)"));
  EXPECT_TRUE(
      has(say("a FETCH 1 BODY.PEEK[HEADER.FIELDS (subject X)]"), "BODY[HEADER.FIELDS (\"subject\" \"X\")] {15}\r\nSubject: hi\r\n\r\n)"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (From To Date Content-Type)]"), "{15}\r\nSubject: hi\r\n\r\n)"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[]<6.5>"), "BODY[]<6> {5}\r\nAnn <)"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[]<9999.5>"), "BODY[]<9999> {0}\r\n)"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[TEXT]<0.5>"), "{5}\r\n--b\r\n)"));
  EXPECT_TRUE(has(say("a FETCH 1 RFC822.HEADER"), "RFC822.HEADER {"));
  EXPECT_TRUE(has(say("a FETCH 1 FLAGS"), "FLAGS (\\Flagged $Work"));  // nothing so far set \Seen
  EXPECT_FALSE(has(say("a FETCH 1 FLAGS"), "\\Seen"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY[1]"), "* 1 FETCH (BODY[1] {3}\r\none FLAGS (\\Flagged \\Seen $Work"));
  EXPECT_TRUE(has(say("a FETCH 1 BODY[1]"), "* 1 FETCH (BODY[1] {3}\r\none)\r\n"));
  EXPECT_TRUE(has(say("a UID FETCH 1:* (FLAGS)"), "* 1 FETCH (UID "));
  EXPECT_TRUE(has(say("a FETCH 2 FLAGS"), "a BAD"));
  EXPECT_TRUE(has(say("a UID FETCH 4000:5000 FLAGS"), "a OK"));
}

TEST_F(ImapTest, LargeMessageGoesThroughItsFile) {
  std::string message = "Subject: big\r\n\r\n";
  for (int i = 0; i < 18'000; ++i) message += "line " + std::to_string(i) + "\r\n";
  EXPECT_TRUE(has(append("INBOX", message), "app OK [APPENDUID "));
  say("s SELECT INBOX");
  const std::string size = std::to_string(message.size());
  const std::string whole = say("a FETCH 1 BODY.PEEK[]");
  EXPECT_TRUE(has(whole, "BODY[] {" + size + "}\r\n" + message + ")"));
  EXPECT_TRUE(has(say("a FETCH 1 RFC822.SIZE"), "RFC822.SIZE " + size + ")"));
  for (const std::size_t start : {17u, 65'536u, 131'071u, 190'001u}) {
    const std::string partial = say("a FETCH 1 BODY.PEEK[]<" + std::to_string(start) + ".70000>");
    const std::string expected = message.substr(start, 70'000);
    EXPECT_TRUE(has(partial, "{" + std::to_string(expected.size()) + "}\r\n" + expected + ")")) << start;
    const std::string text = message.substr(16 + start, 10);
    EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[TEXT]<" + std::to_string(start) + ".10>"), "\r\n" + text + ")")) << start;
  }
}

TEST_F(ImapTest, WhatWasComputedIsRememberedAndMayBeLost) {
  for (int i = 0; i < 3; ++i) append("INBOX", "Subject: " + std::to_string(i) + "\r\n\r\nx\r\n");
  say("s SELECT INBOX");
  const std::string command = "a FETCH 1:3 (RFC822.SIZE ENVELOPE BODYSTRUCTURE INTERNALDATE)";
  const std::string first = say(command);
  EXPECT_EQ(cache.entries.size(), 3u);
  EXPECT_EQ(cache.hits, 0u);
  EXPECT_EQ(say(command), first);
  EXPECT_EQ(cache.hits, 3u);
  cache.entries.erase(std::next(cache.entries.begin()));         // lost
  cache.entries.begin()->second.structure = "written by another version";
  EXPECT_EQ(say(command), first);
  EXPECT_EQ(cache.entries.size(), 3u);
  EXPECT_EQ(say(command), first);
  cache.entries.clear();
  EXPECT_TRUE(has(say("a FETCH 1:3 RFC822.SIZE"), "* 3 FETCH (RFC822.SIZE 17)"));
  EXPECT_EQ(say(command), first);  // remembered were sizes only
}

TEST_F(ImapTest, StoreTellsFlags) {
  append("INBOX", "\r\n1\r\n");
  append("INBOX", "\r\n2\r\n");
  say("s SELECT INBOX");
  EXPECT_TRUE(has(say("a STORE 1 +FLAGS (\\Seen $A)"), "* 1 FETCH (FLAGS (\\Seen $A"));
  EXPECT_TRUE(has(say("a STORE 1:2 -FLAGS \\Seen"), "* 2 FETCH (FLAGS ("));
  EXPECT_EQ(say("a STORE 1 FLAGS.SILENT (\\Deleted)"), "a OK Stored.\r\n");
  const std::string told = say("a FETCH 1 FLAGS");
  EXPECT_TRUE(has(told, "\\Deleted")) << told;
  EXPECT_FALSE(has(told, "$A"));
  EXPECT_TRUE(has(say("a UID STORE 1:* +FLAGS (\\Draft)"), "FETCH (UID "));
}

TEST_F(ImapTest, ExpungeAndNumbers) {
  for (const char* text : {"\r\n1\r\n", "\r\n2\r\n", "\r\n3\r\n"}) append("INBOX", text);
  say("s SELECT INBOX");
  say("a STORE 1,3 +FLAGS.SILENT (\\Deleted)");
  const std::string told = say("a EXPUNGE");
  EXPECT_TRUE(has(told, "* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n") || has(told, "* 3 EXPUNGE\r\n* 1 EXPUNGE\r\n")) << told;
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[TEXT]"), "{3}\r\n2\r\n)"));
  EXPECT_TRUE(has(say("a FETCH 2 FLAGS"), "a BAD"));
}

TEST_F(ImapTest, UidExpungeTakesOnlyThose) {
  for (const char* text : {"\r\n1\r\n", "\r\n2\r\n"}) append("INBOX", text);
  say("s SELECT INBOX");
  const std::string uids = say("a STORE 1:2 +FLAGS (\\Deleted)");
  const std::string fetched = say("a FETCH 2 UID");
  const auto at = fetched.find("UID ") + 4;
  const std::string uid = fetched.substr(at, fetched.find(')') - at);
  EXPECT_TRUE(has(say("a UID EXPUNGE " + uid), "* 2 EXPUNGE\r\na OK"));
  EXPECT_TRUE(has(say("a UID FETCH 1:* FLAGS"), "* 1 FETCH"));
}

// RFC 3501, section 7.4.1: what one session expunges another does not hear of in FETCH, STORE and SEARCH.
TEST_F(ImapTest, NoExpungeDuringFetch) {
  for (const char* text : {"\r\n1\r\n", "\r\n2\r\n"}) append("INBOX", text);
  Client& other = sign_in();
  say("s SELECT INBOX");
  say(other, "s SELECT INBOX\r\n");
  say(other, "x STORE 1 +FLAGS.SILENT (\\Deleted)\r\ny EXPUNGE\r\n");
  for (const char* command : {"a FETCH 1:2 FLAGS", "a STORE 2 +FLAGS (\\Seen)", "a SEARCH ALL"}) {
    EXPECT_FALSE(has(say(command), "EXPUNGE")) << command;
  }
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[]"), "a NO [EXPUNGEISSUED]"));
  EXPECT_TRUE(has(say("a NOOP"), "* 1 EXPUNGE\r\n"));
}

// Another program removes a message's file. It may come back; when it does not, it is expunged.
TEST_F(ImapTest, FetchOfAMessageWhoseFileVanished) {
  for (const char* text : {"\r\n1\r\n", "\r\n2\r\n"}) append("INBOX", text);
  say("s SELECT INBOX");
  const auto files = disk.list("/m/cur");
  ASSERT_EQ(files->size(), 2u);
  for (const DirectoryEntry& file : *files) {
    if (read_file(disk, "/m/cur/" + file.name) == "\n1\n") EXPECT_TRUE(disk.unlink("/m/cur/" + file.name));
  }
  const std::string both = say("a FETCH 1:2 BODY.PEEK[TEXT]");
  EXPECT_TRUE(has(both, "* 2 FETCH (BODY[TEXT] {3}\r\n2\r\n)\r\na OK [EXPUNGEISSUED]")) << both;
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[]"), "a NO [EXPUNGEISSUED]"));
  EXPECT_TRUE(has(say("a FETCH 2 BODY.PEEK[TEXT]"), "a OK Fetched."));
  std::string told;
  for (int i = 0; i < 30 && told.find("EXPUNGE") == std::string::npos; ++i) {
    loop.advance(minutes(1));
    told = say("a NOOP");
  }
  EXPECT_TRUE(has(told, "* 1 EXPUNGE\r\n")) << told;
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[TEXT]"), "{3}\r\n2\r\n)"));
}

TEST_F(ImapTest, CopyAndMove) {
  append("INBOX", "\r\nx\r\n", "(\\Seen $K)");
  EXPECT_TRUE(has(say("a CREATE Work.2026"), "a OK"));
  say("s SELECT INBOX");
  EXPECT_TRUE(has(say("a COPY 1 Nope"), "a NO [TRYCREATE]"));
  EXPECT_TRUE(has(say("a COPY 1 Work.2026"), "a OK [COPYUID "));
  EXPECT_TRUE(has(say("a STATUS Work.2026 (MESSAGES UNSEEN)"), "* STATUS \"Work.2026\" (MESSAGES 1 UNSEEN 0)"));
  const std::string moved = say("a MOVE 1 INBOX.Work.2026");
  EXPECT_TRUE(has(moved, "* OK [COPYUID ")) << moved;
  EXPECT_TRUE(has(moved, "* 1 EXPUNGE\r\n"));
  say("s SELECT Work.2026");
  EXPECT_TRUE(has(say("a FETCH 1:2 FLAGS"), "$K"));
}

TEST_F(ImapTest, AppendIntoTheSelectedFolderIsTold) {
  say("s SELECT INBOX");
  const std::string told = append("INBOX", "Subject: x\r\n\r\ny");
  EXPECT_TRUE(has(told, "* 1 EXISTS\r\n")) << told;
  EXPECT_TRUE(has(told, "app OK [APPENDUID "));
  EXPECT_TRUE(has(say("a FETCH 1 BODY.PEEK[]"), "{17}\r\nSubject: x\r\n\r\ny\r\n)"));
}

TEST_F(ImapTest, AppendWaitsForTheClient) {
  sign_in();
  EXPECT_EQ(say("a APPEND INBOX {3}"), "+ Send the message.\r\n");
  EXPECT_TRUE(has(say("\r\n."), "a OK [APPENDUID"));
  EXPECT_TRUE(has(say("a APPEND Nope {3}"), "a NO [TRYCREATE]"));
  EXPECT_TRUE(has(append("Nope", "x: y\r\n\r\n"), "app NO [TRYCREATE]"));
  settings.max_message = 10;
  EXPECT_TRUE(has(say("a APPEND INBOX {11}"), "a NO [TOOBIG]"));
  EXPECT_TRUE(has(append("INBOX", "12345678901"), "app NO [TOOBIG]"));
  EXPECT_TRUE(has(say("b NOOP"), "b OK"));
}

TEST_F(ImapTest, FoldersAreListed) {
  for (const char* name : {"Sent", "Work.2026", "R&AOk-sum&AOk-"}) EXPECT_TRUE(has(say(std::string("a CREATE ") + name), "a OK"));
  const std::string all = say("a LIST \"\" *");
  EXPECT_TRUE(has(all, "* LIST (\\HasNoChildren \\UnMarked) \".\" \"INBOX\"\r\n")) << all;
  EXPECT_TRUE(has(all, "* LIST (\\HasNoChildren \\Sent) \".\" \"Sent\"\r\n"));
  EXPECT_TRUE(has(all, "* LIST (\\Noselect \\HasChildren) \".\" \"Work\"\r\n"));
  EXPECT_TRUE(has(all, "\"Work.2026\""));
  EXPECT_TRUE(has(all, "\"R&AOk-sum&AOk-\""));
  EXPECT_FALSE(has(say("a LIST \"\" %"), "Work.2026"));
  EXPECT_TRUE(has(say("a LIST \"\" INBOX.*"), "\"INBOX.Sent\""));
  EXPECT_TRUE(has(say("a LIST \"\" \"\""), "* LIST (\\Noselect) \".\" \"\"\r\n"));
  EXPECT_TRUE(has(say("a LIST Work %"), "\"Work.2026\""));
  EXPECT_TRUE(has(say("a CREATE Sent"), "a NO [ALREADYEXISTS]"));
  EXPECT_TRUE(has(say("a CREATE a..b"), "a NO [CANNOT]"));
  EXPECT_TRUE(has(say("a CREATE &bad"), "a NO [CANNOT]"));
  EXPECT_TRUE(has(say("a RENAME Work.2026 Work.2027"), "a OK"));
  EXPECT_TRUE(has(say("a DELETE Work.2027"), "a OK"));
  EXPECT_TRUE(has(say("a DELETE INBOX"), "a NO [CANNOT]"));
  say("s SELECT Sent");
  EXPECT_TRUE(has(say("a DELETE Sent"), "a NO [INUSE]"));
}

TEST_F(ImapTest, Subscriptions) {
  for (const char* name : {"Sent", "a.b.c"}) EXPECT_TRUE(has(say(std::string("a SUBSCRIBE ") + name), "a OK"));
  EXPECT_TRUE(has(say("a LSUB \"\" *"), "* LSUB () \".\" \"a.b.c\"\r\n"));
  const std::string upper = say("a LSUB \"\" %");
  EXPECT_TRUE(has(upper, "* LSUB () \".\" \"Sent\"\r\n"));
  EXPECT_TRUE(has(upper, "* LSUB (\\Noselect) \".\" \"a\"\r\n"));
  say("a UNSUBSCRIBE Sent");
  EXPECT_FALSE(has(say("a LSUB \"\" *"), "Sent"));
}

TEST_F(ImapTest, IdleHearsOfDeliveries) {
  sign_in();
  Client& other = sign_in();
  say("s SELECT INBOX");
  EXPECT_EQ(say("a IDLE"), "+ Idling.\r\n");
  say(other, "x APPEND INBOX {4+}\r\n\r\nx\n\r\n");
  EXPECT_TRUE(has(receive(only()), "* 1 EXISTS\r\n"));
  EXPECT_TRUE(has(say("DONE"), "a OK Idled.\r\n"));
  say("b IDLE");
  EXPECT_TRUE(has(say("NOT"), "b BAD"));
}

TEST_F(ImapTest, OtherProgramsAreNoticedByNoop) {
  say("s SELECT INBOX");
  deliver("/m/new/1767607201.M1P1.other,S=20", "Subject: x\n\nfrom it\n");
  const std::string told = say("a NOOP");
  EXPECT_TRUE(has(told, "* 1 EXISTS\r\n* 1 RECENT\r\n")) << told;
  EXPECT_TRUE(has(say("a FETCH 1 (FLAGS BODY.PEEK[TEXT])"), "FLAGS (\\Recent) BODY[TEXT] {9}\r\nfrom it\r\n)"));
}

TEST_F(ImapTest, InactivityEndsTheSession) {
  sign_in();
  loop.advance(minutes(31));
  EXPECT_TRUE(has(receive(only()), "* BYE Disconnected for inactivity."));
  EXPECT_TRUE(only().over);
}

TEST_F(ImapTest, DrainSaysGoodbyeAtOnceWhenIdle) {
  Client& waiting = sign_in();
  Client& idling = sign_in();
  say(idling, "a IDLE\r\n");
  waiting.session->drain();
  idling.session->drain();
  EXPECT_TRUE(has(receive(waiting), "* BYE"));
  EXPECT_TRUE(has(receive(idling), "* BYE"));
  EXPECT_TRUE(waiting.over);
  EXPECT_TRUE(idling.over);
}

TEST_F(ImapTest, ClientThatGoesAway) {
  sign_in();
  only().stream.reset();
  loop.run_ready();
  EXPECT_TRUE(only().over);
}

TEST_F(ImapTest, CloseExpungesInSilence) {
  append("INBOX", "\r\nx\r\n", "(\\Deleted)");
  say("s SELECT INBOX");
  EXPECT_EQ(say("a CLOSE"), "a OK Closed.\r\n");
  EXPECT_TRUE(has(say("a STATUS INBOX (MESSAGES)"), "(MESSAGES 0)"));
  append("INBOX", "\r\nx\r\n", "(\\Deleted)");
  say("s SELECT INBOX");
  EXPECT_TRUE(has(say("a UNSELECT"), "a OK"));
  EXPECT_TRUE(has(say("a STATUS INBOX (MESSAGES)"), "(MESSAGES 1)"));
}

TEST_F(ImapTest, PrefixOfCourier) {
  settings.folder_prefix = "INBOX.";
  EXPECT_TRUE(has(say("a NAMESPACE"), "((\"INBOX.\" \".\"))"));
  EXPECT_TRUE(has(say("a CREATE Sent"), "a NO [CANNOT]"));
  EXPECT_TRUE(has(say("a CREATE INBOX.Sent"), "a OK"));
  EXPECT_TRUE(has(say("a LIST \"\" *"), "* LIST (\\HasNoChildren \\Sent) \".\" \"INBOX.Sent\"\r\n"));
  EXPECT_TRUE(has(say("a LIST \"\" *"), "(\\HasChildren \\UnMarked) \".\" \"INBOX\""));
}

}  // namespace
}  // namespace courier::mailbox
