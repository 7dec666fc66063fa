#include "store/folder/journal.h"

#include <gtest/gtest.h>

namespace courier::store {
namespace {

using Kind = JournalRecord::Kind;

std::vector<JournalRecord> samples() {
  JournalRecord closed{.kind = Kind::Closed, .uid = Uid(13), .modseq = ModSeq(9004)};
  closed.status.messages = 2;
  closed.status.unseen = 1;
  closed.status.recent = 1;
  closed.status.deleted = 1;
  closed.status.stored_size = 6543;
  closed.new_modified = {1'795'000'001'000'000};
  closed.cur_modified = {-5};
  closed.settled = true;
  return {
      {.kind = Kind::Header, .text = "5f0c", .uid_validity = UidValidity(4'000'000'000u)},
      {.kind = Kind::Mark, .uid = Uid(2001)},
      {.kind = Kind::Message, .uid = Uid(12), .modseq = ModSeq(1), .text = "1.a b\\:2,S", .place = Place::New},
      {.kind = Kind::Message, .uid = Uid(12), .modseq = ModSeq(1ull << 62), .text = "1.a\nb\x7f:2,", .place = Place::Cur},
      {.kind = Kind::Keywords, .uid = Uid(12), .modseq = ModSeq(5), .keywords = {"$Forwarded", "two words", "\xc3\xa9"}},
      {.kind = Kind::Keywords, .uid = Uid(12), .modseq = ModSeq(5)},
      {.kind = Kind::UniqueId, .uid = Uid(12), .text = "UID116-1700000000"},
      {.kind = Kind::Absent, .uid = Uid(12), .modseq = ModSeq(6), .since = 1'795'000'123},
      {.kind = Kind::Expunged, .uid = Uid(4'294'967'295u), .modseq = ModSeq(7)},
      {.kind = Kind::Forgotten, .modseq = ModSeq(3)},
      closed,
  };
}

TEST(Journal, EveryRecordSurvivesWritingAndReading) {
  std::string text;
  for (const JournalRecord& record : samples()) {
    const std::string line = write_record(record);
    ASSERT_TRUE(line.ends_with('\n'));
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_EQ(parse_record(line.substr(0, line.size() - 1)), record) << line;
    text += line;
  }
  const JournalText journal = parse_journal(text);
  EXPECT_FALSE(journal.torn);
  EXPECT_EQ(journal.records, samples());
  EXPECT_EQ(parse_last_record(text.substr(text.size() - 120)), samples().back());
}

TEST(Journal, AnyTearIsNoticedAndWhatStandsBeforeItIsKept) {
  std::string text;
  std::vector<std::size_t> ends{0};
  for (const JournalRecord& record : samples()) ends.push_back((text += write_record(record)).size());
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const JournalText journal = parse_journal(text.substr(0, cut));
    std::size_t whole = 0;
    while (ends[whole + 1] <= cut) ++whole;
    EXPECT_EQ(journal.records.size(), whole);
    EXPECT_EQ(journal.torn, cut != ends[whole]);
    // A wrong byte ends the reading at its line.
    std::string wrong = text;
    wrong[cut] = static_cast<char>(wrong[cut] ^ 1);
    EXPECT_LE(parse_journal(wrong).records.size(), whole) << cut;
    EXPECT_TRUE(parse_journal(wrong).torn);
  }
}

TEST(Journal, AnotherVersionIsNotRead) {
  EXPECT_FALSE(parse_record("courier-folder 1 5 x"));
  EXPECT_FALSE(parse_record("00000000 courier-folder 1 5 x"));
  EXPECT_FALSE(parse_last_record("no line end"));
  EXPECT_FALSE(parse_last_record(""));
}

}  // namespace
}  // namespace courier::store
