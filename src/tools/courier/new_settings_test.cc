#include "tools/courier/new_settings.h"

#include <gtest/gtest.h>

namespace courier::tool {
namespace {

TEST(SettingLine, TakesTomlAndBareWords) {
  EXPECT_EQ(setting_line("smtpd.max_recipients=5"), "smtpd.max_recipients = 5");
  EXPECT_EQ(setting_line("smtpd.greet=true"), "smtpd.greet = true");
  EXPECT_EQ(setting_line("smtpd.size=10M"), "smtpd.size = \"10M\"");
  EXPECT_EQ(setting_line("server.log_format=json"), "server.log_format = \"json\"");
  EXPECT_EQ(setting_line("a.b=\"x\""), "a.b = \"x\"");
  EXPECT_EQ(setting_line("a.b=[\"x\", \"y\"]"), "a.b = [\"x\", \"y\"]");
  EXPECT_EQ(setting_line("a.b="), "a.b = \"\"");
  EXPECT_EQ(setting_line("a.b=say \"x=1\""), "a.b = \"say \\\"x=1\\\"\"");
}

TEST(SettingLine, RefusesWhatNamesNoSetting) {
  EXPECT_FALSE(setting_line("smtpd.max_recipients"));
  EXPECT_FALSE(setting_line("max_recipients=5"));
  EXPECT_FALSE(setting_line("a b.c d=5"));
}

TEST(Settings, AreQuoted) {
  EXPECT_EQ(text_setting("a.b", "x\"y"), "a.b = \"x\\\"y\"");
  EXPECT_EQ(list_setting("a.b", {"x", "y"}), "a.b = [\"x\", \"y\"]");
  EXPECT_EQ(list_setting("a.b", {}), "a.b = []");
}

}  // namespace
}  // namespace courier::tool
