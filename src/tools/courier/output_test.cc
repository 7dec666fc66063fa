#include "tools/courier/output.h"

#include <gtest/gtest.h>

namespace courier::tool {
namespace {

TEST(Render, AListOfObjectsIsATable) {
  const View view{.columns = {{"id", "ID"}, {"size", "SIZE", Column::Form::Size}, {"quota", "QUOTA", Column::Form::Limit}}};
  EXPECT_EQ(render(R"([{"id":"a","size":512,"quota":0,"x":1},{"id":"bé","size":15360,"quota":1048576}])", view),
            "ID  SIZE  QUOTA\n"
            "a   512   -\n"
            "bé  15K   1.0M\n");
}

TEST(Render, WithoutColumnsTheFirstObjectNamesThem) {
  EXPECT_EQ(render(R"([{"name":"x","on":true},{"name":"yy","on":false}])", {}), "name  on\nx     yes\nyy    no\n");
}

TEST(Render, AnObjectIsASheetAndItsListsAreTables) {
  EXPECT_EQ(render(R"({"id":"a","to":["b","c"],"steps":[{"n":1}],"none":null})", {}), "id:    a\nto:    b, c\nnone:  -\n\nsteps:\nn\n1\n");
  EXPECT_EQ(render(R"({"out":{"idle":2,"tls":true}})", {}), "out:  idle 2, tls yes\n");
}

TEST(Render, NullMayHaveAWordOfItsOwn) {
  const View view{.columns = {{"uid", "UID", Column::Form::Plain, "virtual"}, {"n", "N"}}};
  EXPECT_EQ(render(R"({"uid":null,"n":null,"x":null})", view), "uid:  virtual\nn:    -\nx:    -\n");
  EXPECT_EQ(render(R"([{"uid":null},{"uid":1000}])", view), "UID      N\nvirtual\n1000\n");
}

TEST(Render, OtherKinds) {
  EXPECT_EQ(render("\"done\"", {}), "done\n");
  EXPECT_EQ(render("[\"a\",\"b\"]", {}), "a\nb\n");
  EXPECT_EQ(render("[]", {.empty = "Nothing."}), "Nothing.\n");
  EXPECT_EQ(render("", {.empty = "Nothing."}), "Nothing.\n");
  EXPECT_EQ(render("{}", {}), "");
  EXPECT_EQ(render("not json", {}), "not json\n");
}

TEST(Render, TimesAreShort) {
  const View view{.columns = {{"t", "T"}}};
  EXPECT_EQ(render(R"([{"t":"2026-01-05T10:00:01.123456Z"},{"t":"1970-01-01T00:00:00.000000Z"},{"t":"soon"}])", view),
            "T\n2026-01-05 10:00:01\n-\nsoon\n");
}

TEST(ShortSize, HasTwoDigitsAtLeast) {
  EXPECT_EQ(short_size(1023), "1023");
  EXPECT_EQ(short_size(1536), "1.5K");
  EXPECT_EQ(short_size(20 << 20), "20M");
}

TEST(Print, ErrorsGoToStderrAndHaveTheirStatus) {
  const Command command{.name = "x", .summary = "y"};
  Invocation invocation(command);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(print_answer(invocation, {67, "", "no such account"}), 67);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "courier: no such account\n");
  invocation.options["--json"] = {""};
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(print_answer(invocation, {67, "", "no \"such\" account"}), 67);
  EXPECT_EQ(print_answer(invocation, {0, "[1]", ""}), 0);
  EXPECT_EQ(print_answer(invocation, {0, "", ""}), 0);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "{\"error\":\"no \\\"such\\\" account\",\"status\":67}\n[1]\nnull\n");
}

}  // namespace
}  // namespace courier::tool
