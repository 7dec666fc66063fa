#include <gtest/gtest.h>

#include "wire/text/charset.h"
#include "wire/text/encoded_word.h"
#include "wire/text/transfer.h"
#include "wire/text/utf7.h"
#include "base/utf8.h"

namespace courier {
namespace {

TEST(Utf7, NamesOfRfc3501) {
  const struct {
    const char *utf7, *utf8;
  } cases[] = {
      {"INBOX", "INBOX"},           {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
      {"R&AOk-sum&AOk-", "Résumé"}, {"a&-b", "a&b"},
      {"&2D3cqQ-", "💩"},           {"", ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(from_utf7(c.utf7), c.utf8);
    EXPECT_EQ(to_utf7(c.utf8), c.utf7);
  }
}

TEST(Utf7, RefusesSecondForms) {
  for (const char* bad : {"&", "&AOk", "&AGE-", "&Jjo!", "&U,BTFw-&ZeVnLIqe-", "é", "a\tb", "&2D0-", "&AO-", "&AOkA-", "&====-"}) {
    EXPECT_EQ(from_utf7(bad), std::nullopt) << bad;
  }
}

std::string decode_in_pieces(std::string_view encoding, std::string_view in, std::size_t piece) {
  const auto decoder = make_transfer_decoder(encoding);
  std::string out;
  for (std::size_t at = 0; at < in.size(); at += piece) decoder->write(in.substr(at, piece), out);
  decoder->finish(out);
  return out;
}

TEST(Transfer, TablesInAnyPieces) {
  const struct {
    const char *encoding, *in, *out;
  } cases[] = {
      {"quoted-printable", "caf=C3=A9 =\nend  \t\nx=3Dy", "caf\xC3\xA9 end\nx=y"},
      {"Quoted-Printable", "soft=  \r\nbreak\r\n", "softbreak\r\n"},
      {"quoted-printable", "bad =G1 == =", "bad =G1 == "},
      {"quoted-printable", "a b", "a b"},
      {"quoted-printable", "=4=41 ==41 = =41=\t", "=4A =A = A"},
      {"BASE64", "aGVs\r\nbG8=", "hello"},
      {"base64", "aGVsbG8=d29ybGQ=", "helloworld"},
      {"base64", "!a?G.V s\nbG8", "hello"},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : {1u, 2u, 3u, 1000u}) EXPECT_EQ(decode_in_pieces(c.encoding, c.in, piece), c.out) << c.in;
  }
  EXPECT_EQ(make_transfer_decoder("8bit"), nullptr);
}

TEST(Transfer, ALongRunOfBlanksIsReadInOnePass) {
  const std::string blanks(1'000'000, ' ');
  EXPECT_EQ(decode_in_pieces("quoted-printable", "a=" + blanks + "\nb", 65'536), "ab");
  EXPECT_EQ(decode_in_pieces("quoted-printable", "a" + blanks + "\nb", 65'536), "a\nb");
}

TEST(Charset, DecodesAndKnows) {
  EXPECT_EQ(to_utf8("iso-8859-1", "caf\xE9"), "café");
  EXPECT_EQ(to_utf8("windows-1252", "\x80"), "€");
  EXPECT_EQ(to_utf8("ISO-2022-JP", "\x1B$BF|K\\\x1B(B"), "日本");
  EXPECT_EQ(to_utf8("utf-8", "a\xFF"), "a\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8("x-no-such", "a"), std::nullopt);
  EXPECT_FALSE(charset_known(""));
  EXPECT_FALSE(charset_known("../etc/passwd"));
}

TEST(Charset, AnySplitGivesTheSame) {
  const std::string text = "💩 日本語";
  for (std::size_t piece = 1; piece < 6; ++piece) {
    CharsetDecoder decoder("utf-8");
    SearchFolder folder;
    std::string out, folded;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      decoder.write(std::string_view(text).substr(at, piece), false, out);
      folder.write(std::string_view(text).substr(at, piece), folded);
    }
    decoder.write("", true, out);
    EXPECT_EQ(out, text);
    EXPECT_EQ(folded, text);
  }
}

TEST(Charset, LongTextCrossesTheBuffer) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "é💩";
  EXPECT_EQ(to_utf8("utf-8", text), text);
}

TEST(Charset, FoldForSearch) {
  EXPECT_EQ(fold_for_search("Hello \r\n\t WORLD"), "hello world");
  EXPECT_EQ(fold_for_search("ÉCOLE Ωmega"), "école ωmega");
  EXPECT_EQ(fold_for_search("a\xC2\xA0 b"), "a b");
}

TEST(EncodedWord, ExamplesOfRfc2047) {
  const struct {
    const char *in, *out;
  } cases[] = {
      {"=?ISO-8859-1?Q?a?=", "a"},
      {"=?ISO-8859-1?Q?a?= b", "a b"},
      {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
      {"=?ISO-8859-1?Q?a?=\r\n  =?ISO-8859-1?Q?b?=", "ab"},
      {"=?ISO-8859-1?Q?a_b?=", "a b"},
      {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
      {"=?US-ASCII*EN?Q?Keith_Moore?= <m@x>", "Keith Moore <m@x>"},
      {"=?utf-8?B?w6k=?=", "é"},
      {"=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"},
      {"=?none-such?Q?a?=", "=?none-such?Q?a?="},
      {"=?utf-8?X?a?= =?utf-8?Q", "=?utf-8?X?a?= =?utf-8?Q"},
      {"caf\xE9", "café"},
      {"plain  text", "plain  text"},
  };
  for (const auto& c : cases) EXPECT_EQ(decode_encoded_words(c.in), c.out) << c.in;
}

}  // namespace
}  // namespace courier
