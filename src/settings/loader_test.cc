#include "settings/loader.h"

#include <gtest/gtest.h>

#include "settings/testing/sample.h"

namespace courier {
namespace {

using testing::Sample;

std::string faults_of(const std::vector<SettingsText>& files) {
  Sample sample;
  const auto result = apply_settings(sample.tables(), files);
  if (result) return "";
  std::string out;
  for (const SettingFault& fault : result.error()) out += to_text(fault) + "\n";
  return out;
}
std::string faults_of(const std::string& text) { return faults_of({{.file = "c.toml", .text = text}}); }

TEST(Loader, NothingLeavesTheDefaults) {
  Sample sample;
  const auto places = apply_settings(sample.tables(), {{.file = "c.toml", .text = ""}});
  ASSERT_TRUE(places);
  EXPECT_TRUE(places->empty());
  EXPECT_EQ(sample.smtpd.max_recipients, 1000);
}

TEST(Loader, EveryType) {
  Sample sample;
  const auto places = apply_settings(sample.tables(), {{.file = "c.toml", .text = R"(
[smtpd]
greet = false
max_recipients = 7
max_message_size = "20M"
command_timeout = "1m30s"
log_format = "json"
program = "/bin/false"
networks = ["10.0.0.0/8", "::1"]
[imap.pool]
workers = 3
)"}});
  ASSERT_TRUE(places);
  EXPECT_FALSE(sample.smtpd.greet);
  EXPECT_EQ(sample.smtpd.max_recipients, 7);
  EXPECT_EQ(sample.smtpd.max_message_size, 20 << 20);
  EXPECT_EQ(sample.smtpd.command_timeout, seconds(90));
  EXPECT_EQ(sample.smtpd.log_format, "json");
  EXPECT_EQ(sample.smtpd.program, "/bin/false");
  EXPECT_EQ(sample.smtpd.networks, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(sample.pool.workers, 3);
  EXPECT_EQ(places->at("smtpd.command_timeout").line, 6);
  EXPECT_EQ(places->at("imap.pool.workers").file, "c.toml");
}

TEST(Loader, BareNumbersForQuantities) {
  Sample sample;
  ASSERT_TRUE(apply_settings(sample.tables(), {{.file = "c", .text = "[smtpd]\nmax_message_size = 2048\ncommand_timeout = 60"}}));
  EXPECT_EQ(sample.smtpd.max_message_size, 2048);
  EXPECT_EQ(sample.smtpd.command_timeout, minutes(1));
}

TEST(Loader, TheLastFileCounts) {
  Sample sample;
  const auto places = apply_settings(sample.tables(), {{.file = "a", .text = "[smtpd]\nmax_recipients = 5\ngreet = false"},
                                                       {.file = "b", .text = "\n\n[smtpd]\nmax_recipients = 6"}});
  ASSERT_TRUE(places);
  EXPECT_EQ(sample.smtpd.max_recipients, 6);
  EXPECT_FALSE(sample.smtpd.greet);
  EXPECT_EQ(places->at("smtpd.max_recipients").file, "b");
  EXPECT_EQ(places->at("smtpd.max_recipients").line, 4);
}

struct Case {
  const char* text;
  const char* faults;
};

TEST(Loader, NamesEachFault) {
  const Case cases[] = {
      {"[smtpd]\nmax_recipient = 1", "c.toml:2: smtpd.max_recipient: unknown setting; did you mean max_recipients?\n"},
      {"[smtpd]\ncolour = 1", "c.toml:2: smtpd.colour: unknown setting\n"},
      {"[smtpd]\nworkers = 1", "c.toml:2: smtpd.workers: unknown setting; it belongs into [imap.pool]\n"},
      {"[smptd]\nmax_recipients = 1", "c.toml:1: [smptd]: unknown table; did you mean [smtpd]?\n"},
      {"[qqqqq]", "c.toml:1: [qqqqq]: unknown table\n"},
      {"[smtpd.mx]\na = 1", "c.toml:1: [smtpd.mx]: unknown table\n"},
      {"greet = true", "c.toml:1: greet: stands outside of any table; it belongs into [smtpd]\n"},
      {"[smtpd]\nmax_recipients = \"many\"",
       "c.toml:2: smtpd.max_recipients: text where it must be a whole number of recipients from 1 to 100000\n"},
      {"[smtpd]\nmax_recipients = 1.5",
       "c.toml:2: smtpd.max_recipients: a number with a fraction where it must be a whole number of recipients from 1 to 100000\n"},
      {"[smtpd]\nmax_recipients = 0",
       "c.toml:2: smtpd.max_recipients: 0 is out of range; allowed: a whole number of recipients from 1 to 100000\n"},
      {"[smtpd]\ngreet = 1", "c.toml:2: smtpd.greet: a whole number where it must be true or false\n"},
      {"[smtpd]\nmax_message_size = \"10X\"", "c.toml:2: smtpd.max_message_size: \"10X\" is not a size such as \"10M\" from 1K to 1T\n"},
      {"[smtpd]\nmax_message_size = 12",
       "c.toml:2: smtpd.max_message_size: 12 is out of range; allowed: a size such as \"10M\" from 1K to 1T\n"},
      {"[smtpd]\nmax_message_size = true",
       "c.toml:2: smtpd.max_message_size: true or false where it must be a size such as \"10M\" from 1K to 1T\n"},
      {"[smtpd]\ncommand_timeout = \"soon\"",
       "c.toml:2: smtpd.command_timeout: \"soon\" is not a duration such as \"1h30m\" from 1s to 1h\n"},
      {"[smtpd]\ncommand_timeout = \"2h\"",
       "c.toml:2: smtpd.command_timeout: 2h is out of range; allowed: a duration such as \"1h30m\" from 1s to 1h\n"},
      {"[smtpd]\ncommand_timeout = 9223372036854775807",
       "c.toml:2: smtpd.command_timeout: 106751991167300d15h30m7s is longer than 292 years\n"},
      {"[smtpd]\ncommand_timeout = -1",
       "c.toml:2: smtpd.command_timeout: -1s is out of range; allowed: a duration such as \"1h30m\" from 1s to 1h\n"},
      {"[smtpd]\nlog_format = \"jsn\"",
       "c.toml:2: smtpd.log_format: \"jsn\" is not allowed; allowed: one of \"text\", \"json\"; did you mean \"json\"?\n"},
      {"[smtpd]\nlog_format = 3", "c.toml:2: smtpd.log_format: a whole number where it must be one of \"text\", \"json\"\n"},
      {"[smtpd]\nnetworks = \"10.0.0.0/8\"", "c.toml:2: smtpd.networks: text where it must be a list of texts\n"},
      {"[smtpd]\nnetworks = [\"::1\", 5]", "c.toml:2: smtpd.networks: a whole number stands in the list; allowed: a list of texts\n"},
      {"[smtpd]\nnetworks = [\"0.0.0.0/0\"]", "c.toml:2: smtpd.networks: would relay mail for everyone\n"},
  };
  for (const Case& one : cases) EXPECT_EQ(faults_of(one.text), one.faults) << one.text;
}

TEST(Loader, SyntaxFaultHasItsLine) {
  const std::string text = faults_of("[smtpd]\ngreet = true\nmax_recipients = = 4\n");
  EXPECT_TRUE(text.starts_with("c.toml:3: ")) << text;
  EXPECT_TRUE(faults_of("[smtpd]\ngreet = true\ngreet = false").starts_with("c.toml:3: "));
}

TEST(Loader, AllFaultsTogetherInOrder) {
  EXPECT_EQ(faults_of({{.file = "a", .text = "[smtpd]\nlog_format = \"xml\"\ngreet = 0\n[smptd]\n"},
                       {.file = "b", .text = "= 1"},
                       {.file = "c", .text = "[imap.pool]\nworkers = 65"}}),
            "a:2: smtpd.log_format: \"xml\" is not allowed; allowed: one of \"text\", \"json\"\n"
            "a:3: smtpd.greet: a whole number where it must be true or false\n"
            "a:4: [smptd]: unknown table; did you mean [smtpd]?\n"
            "b:1: expected keys, tables, whitespace or comments, saw '='\n"
            "c:2: imap.pool.workers: 65 is out of range; allowed: a whole number from 1 to 64\n");
}

TEST(Loader, RootOnlyCountsOnlyFromTrustedFiles) {
  const std::string text = "[smtpd]\ngreet = false\nprogram = \"/tmp/mine\"";
  EXPECT_EQ(faults_of({{.file = "w", .text = text, .trusted = false, .why_not = "this file belongs to user 7"}}),
            "w:3: smtpd.program: counts only in a file that root owns and nobody else may write; this file belongs to user 7\n");
  EXPECT_EQ(faults_of({{.file = "w", .text = text, .trusted = true}}), "");
}

}  // namespace
}  // namespace courier
