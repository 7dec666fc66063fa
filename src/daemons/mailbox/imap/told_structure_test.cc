#include "daemons/mailbox/imap/told_structure.h"

#include <gtest/gtest.h>

#include "wire/imap/body_structure.h"
#include "wire/imap/envelope.h"

namespace courier::mailbox {
namespace {

message::Structure structure() {
  message::StructureParser parser;
  parser.write("From: Ann <ann@example.test>\nSubject: x\n\ntext\n");
  return parser.finish();
}

TEST(ToldStructure, ReadsWhatWasWritten) {
  const message::Structure known = structure();
  const std::string bytes = write_told_structure(known);
  const auto told = read_told_structure(bytes);
  ASSERT_TRUE(told);
  std::string envelope, body_structure;
  imap::write_envelope(envelope, *known.parts[0].envelope);
  imap::write_body(body_structure, known, imap::Extended::Yes);
  EXPECT_EQ(told->envelope, envelope);
  EXPECT_EQ(told->body_structure, body_structure);
  EXPECT_EQ(told->encoded, message::encode_structure(known));
}

TEST(ToldStructure, NothingIsReadOfWhatIsCutOffOrOfAnotherForm) {
  const std::string bytes = write_told_structure(structure());
  const std::size_t texts = bytes.size() - read_told_structure(bytes)->encoded.size();
  for (std::size_t size = 0; size < texts; ++size) EXPECT_FALSE(read_told_structure(std::string_view(bytes).substr(0, size))) << size;
  for (std::size_t size = texts; size < bytes.size(); ++size) {
    const auto told = read_told_structure(std::string_view(bytes).substr(0, size));
    ASSERT_TRUE(told);
    EXPECT_FALSE(message::decode_structure(told->encoded)) << size;
  }
  for (const char first : {'\0', '\1', '\3', '\x7f'}) EXPECT_FALSE(read_told_structure(first + bytes.substr(1)));
  EXPECT_FALSE(read_told_structure(message::encode_structure(structure())));  // as it was kept before
}

}  // namespace
}  // namespace courier::mailbox
