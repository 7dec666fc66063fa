#include "wire/smtp/command.h"

#include <gtest/gtest.h>

#include "wire/smtp/xtext.h"

namespace courier::smtp {
namespace {

using address::Utf8;
using Kind = CommandError::Kind;

TEST(Command, SplitsBehindTheVerb) {
  EXPECT_EQ(split_command("MAIL FROM:<a@b>").verb, "MAIL");
  EXPECT_EQ(split_command("MAIL  FROM:<a@b>  ").arguments, "FROM:<a@b>");
  EXPECT_EQ(split_command("quit ").verb, "quit");
  EXPECT_EQ(split_command("").verb, "");
  EXPECT_EQ(split_command(" QUIT").verb, "");
}

TEST(Mail, ReadsEveryParameter) {
  const auto mail = parse_mail("from: <ann@x.y> size=10 BODY=8bitmime SMTPUTF8 ret=HDRS ENVID=a+2Bb AUTH=bob@x.y");
  ASSERT_TRUE(mail) << mail.error().what;
  EXPECT_EQ(mail->from->localpart, "ann");
  EXPECT_EQ(mail->size, 10u);
  EXPECT_EQ(mail->body, BodyType::EightBitMime);
  EXPECT_TRUE(mail->smtputf8);
  EXPECT_EQ(mail->ret, Return::Headers);
  EXPECT_EQ(mail->envelope_id, "a+b");
  EXPECT_EQ(mail->auth, "bob@x.y");
  EXPECT_EQ(write(*mail), "MAIL FROM:<ann@x.y> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb AUTH=bob@x.y");
  EXPECT_FALSE(parse_mail("FROM:<>")->from);
}

TEST(Mail, SaysWhatIsWrong) {
  const std::pair<const char*, Kind> cases[] = {
      {"", Kind::Syntax},
      {"TO:<a@b>", Kind::Syntax},
      {"FROM:a@b", Kind::Syntax},
      {"FROM:<a@b", Kind::Syntax},
      {"FROM:<a@b>SIZE=1", Kind::Syntax},
      {"FROM:<a@b> =1", Kind::Syntax},
      {"FROM:<a@b> SIZE=", Kind::Syntax},
      {"FROM:<a@b> SIZE", Kind::BadParameter},
      {"FROM:<a@b> SIZE=x", Kind::BadParameter},
      {"FROM:<a@b> SIZE=-1", Kind::BadParameter},
      {"FROM:<a@b> SIZE=99999999999999999999999", Kind::BadParameter},
      {"FROM:<a@b> SIZE=1 SIZE=1", Kind::BadParameter},
      {"FROM:<a@b> BODY=BINARYMIME", Kind::BadParameter},
      {"FROM:<a@b> SMTPUTF8=YES", Kind::BadParameter},
      {"FROM:<a@b> RET=ALL", Kind::BadParameter},
      {"FROM:<a@b> ENVID=a=b", Kind::BadParameter},
      {"FROM:<a@b> ENVID=+0D+0A", Kind::BadParameter},
      {"FROM:<a@b> AUTH=nobody", Kind::BadParameter},
      {"FROM:<a@b> NOTIFY=NEVER", Kind::UnknownParameter},
      {"FROM:<a@b> XFOO", Kind::UnknownParameter},
      {"FROM:<j\xC3\xBC@b>", Kind::NeedsSmtputf8},
      {"FROM:<j\xFF@b> SMTPUTF8", Kind::Syntax},
  };
  for (const auto& [text, kind] : cases) {
    const auto mail = parse_mail(text);
    ASSERT_FALSE(mail) << text;
    EXPECT_EQ(mail.error().kind, kind) << text << ": " << mail.error().what;
  }
}

TEST(Rcpt, ReadsAndRefuses) {
  const auto rcpt = parse_rcpt("TO:<bob@x.y> notify=success,DELAY ORCPT=rfc822;b+2Bob@x.y", Utf8::No);
  ASSERT_TRUE(rcpt) << rcpt.error().what;
  EXPECT_EQ(rcpt->notify, NotifySuccess | NotifyDelay);
  EXPECT_EQ(rcpt->original, "rfc822;b+ob@x.y");
  EXPECT_EQ(write(*rcpt), "RCPT TO:<bob@x.y> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bob@x.y");
  EXPECT_TRUE(parse_rcpt("TO:<Postmaster>", Utf8::No));
  const std::pair<const char*, Kind> cases[] = {
      {"TO:<>", Kind::Syntax},
      {"TO:bob", Kind::Syntax},
      {"TO:<b@x> NOTIFY=NEVER,DELAY", Kind::BadParameter},
      {"TO:<b@x> NOTIFY=SOMETIMES", Kind::BadParameter},
      {"TO:<b@x> NOTIFY=NEVER NOTIFY=NEVER", Kind::BadParameter},
      {"TO:<b@x> ORCPT=bob@x.y", Kind::BadParameter},
      {"TO:<b@x> ORCPT=rfc822;+0Abob", Kind::BadParameter},
      {"TO:<b@x> SIZE=1", Kind::UnknownParameter},
      {"TO:<j\xC3\xBC@b>", Kind::NeedsSmtputf8},
  };
  for (const auto& [text, kind] : cases) {
    const auto bad = parse_rcpt(text, Utf8::No);
    ASSERT_FALSE(bad) << text;
    EXPECT_EQ(bad.error().kind, kind) << text;
  }
}

TEST(Commands, TheSmallOnes) {
  EXPECT_EQ(*parse_hello("mx.example.org"), "mx.example.org");
  EXPECT_EQ(*parse_hello("[192.0.2.1]"), "[192.0.2.1]");
  for (const char* bad : {"", "a b", "a\tb", "a\xC3\xBC"}) EXPECT_FALSE(parse_hello(bad)) << bad;
  EXPECT_FALSE(parse_hello(std::string(256, 'a')));
  EXPECT_EQ(*parse_bdat("86 LAST"), (BdatCommand{86, true}));
  EXPECT_EQ(*parse_bdat("0"), (BdatCommand{0, false}));
  for (const char* bad : {"", "LAST", "x", "-1", "1 2", "1 LASTS", "99999999999999999999999999"}) EXPECT_FALSE(parse_bdat(bad)) << bad;
  EXPECT_EQ(*parse_auth("plain AGEAYg=="), (AuthCommand{"PLAIN", std::string("\0a\0b", 4)}));
  EXPECT_EQ(*parse_auth("EXTERNAL ="), (AuthCommand{"EXTERNAL", std::string{}}));
  EXPECT_EQ(*parse_auth("LOGIN"), (AuthCommand{"LOGIN", std::nullopt}));
  for (const char* bad : {"", "PL AIN x", "PLAIN AGEAYg", "PLAIN *", "PL@IN", "PLAIN A B"}) EXPECT_FALSE(parse_auth(bad)) << bad;
}

TEST(Xtext, GoesThereAndBack) {
  EXPECT_EQ(xtext_encode("a+b=c d"), "a+2Bb+3Dc+20d");
  EXPECT_EQ(xtext_decode("a+2Bb+3dc"), "a+b=c");
  for (const char* bad : {"a+", "a+2", "a+2G", "a=b", "a b"}) EXPECT_FALSE(xtext_decode(bad)) << bad;
}

TEST(OriginalRecipient, KnowsUtf8) {
  const char* decoded = "utf-8;j\xC3\xBCrgen@x.y";
  EXPECT_EQ(original_recipient_encode(decoded), "utf-8;j\\x{FC}rgen@x.y");
  EXPECT_EQ(original_recipient_decode("utf-8;j\\x{FC}rgen@x.y"), decoded);
  EXPECT_EQ(original_recipient_decode(decoded), decoded);
  EXPECT_EQ(original_recipient_decode("utf-8;\\x{1F4E7}@x.y"), "utf-8;\xF0\x9F\x93\xA7@x.y");
  for (const char* bad : {"utf-8;\\x{D800}", "utf-8;\\x{110000}", "utf-8;\\x{zz}", "utf-8;\\x{41", "utf-8;\\x{}", "utf-8;\\x{00000041}",
                          "x", ";x", "rfc822;"}) {
    EXPECT_FALSE(original_recipient_decode(bad)) << bad;
  }
}

}  // namespace
}  // namespace courier::smtp
