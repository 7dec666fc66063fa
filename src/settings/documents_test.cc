#include "settings/documents.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "settings/loader.h"
#include "settings/setting.h"
#include "settings/snapshot.h"
#include "settings/testing/sample.h"
#include "settings/toml.h"

namespace courier {
namespace {

using testing::Sample;

// The example with every "#key = value" switched on.
std::string switched_on(const std::string& example) {
  std::string out;
  for (const std::string_view line : split(example, '\n')) {
    const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    out.append(setting ? line.substr(1) : line) += '\n';
  }
  return out;
}

TEST(ExampleFile, SaysTheDefaults) {
  Sample sample;
  const std::string before = example_file(sample.tables());
  sample.smtpd.max_recipients = 1;
  sample.smtpd.networks.clear();
  const auto applied = apply_settings(sample.tables(), {{.file = "example", .text = switched_on(before)}});
  ASSERT_TRUE(applied) << to_text(applied.error().at(0));
  EXPECT_EQ(applied->size(), 8U);
  EXPECT_EQ(example_file(sample.tables()), before);
}

TEST(ExampleFile, EveryDefaultIsAllowed) {
  Snapshot snapshot;
  const SettingTables tables = snapshot.tables();
  const auto applied = apply_settings(tables, {{.file = "example", .text = switched_on(example_file(tables))}});
  ASSERT_TRUE(applied) << to_text(applied.error().at(0));
  EXPECT_EQ(applied->size(), describe(tables).size());
}

TEST(Declarations, AreFitForTheManual) {
  Snapshot snapshot;
  for (const SettingInfo& info : describe(snapshot.tables())) {
    EXPECT_TRUE(info.help.size() > 20 && info.help.ends_with('.')) << info.name() << " needs a sentence of help";
    EXPECT_LE(info.min, info.max) << info.name();
    EXPECT_EQ(info.key, to_lower(info.key)) << info.name();
  }
}

TEST(Manual, NamesEverySettingWithItsRange) {
  Sample sample;
  const std::string manual = reference_manual(sample.tables());
  for (const SettingInfo& info : describe(sample.tables())) EXPECT_NE(manual.find("### " + info.key + "\n"), std::string::npos);
  EXPECT_NE(manual.find("- Default: `\"5m\"`\n- Allowed: a duration such as \"1h30m\" from 1s to 1h\n"), std::string::npos);
  EXPECT_NE(manual.find("- Allowed: one of \"text\", \"json\"\n- Restart\n"), std::string::npos);
}

TEST(Explain, ShowsHelpAndRange) {
  Sample sample;
  EXPECT_EQ(explain_setting(describe(sample.tables()).at(5)),
            "smtpd.program\n\n  What to run.\n\n  Allowed:  text\n  Counts only from files that root owns.\n");
}

TEST(Slice, TravelsWhole) {
  Sample sample;
  sample.smtpd.networks = {"a", "b"};
  sample.smtpd.command_timeout = seconds(7);
  testing::SampleSettings copy;
  ASSERT_TRUE(decode_settings(encode_settings(sample.smtpd), copy));
  EXPECT_EQ(copy.networks, sample.smtpd.networks);
  EXPECT_EQ(copy.command_timeout, seconds(7));
  const std::string bytes = encode_settings(sample.smtpd);
  EXPECT_FALSE(decode_settings(bytes.substr(0, bytes.size() - 1), copy));
  EXPECT_FALSE(decode_settings(bytes + "x", copy));
}

TEST(TomlString, ReadsBack) {
  const std::string text = "a\"b\\c\n\t\x01 d\xC3\xA9";
  const auto document = parse_toml("[t]\nk = " + toml_string(text));
  ASSERT_TRUE(document) << document.error().text;
  EXPECT_EQ(document->entries.at(0).value.text, text);
}

}  // namespace
}  // namespace courier
