#include "tools/courier/output.h"

#include <gtest/gtest.h>

#include <ctime>

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
}

TEST(Render, OtherKinds) {
  EXPECT_EQ(render("\"done\"", {}), "done\n");
  EXPECT_EQ(render("[\"a\",\"b\"]", {}), "a\nb\n");
  EXPECT_EQ(render("[]", {.empty = "Nothing."}), "Nothing.\n");
  EXPECT_EQ(render("", {.empty = "Nothing."}), "Nothing.\n");
  EXPECT_EQ(render("{}", {}), "");
  EXPECT_EQ(render("not json", {}), "not json\n");
}

TEST(Render, AgesAreToldInTwoUnits) {
  const View view{.columns = {{"t", "T", Column::Form::Age}}};
  const auto at = [](long seconds) { return "[{\"t\":" + std::to_string((std::time(nullptr) - seconds) * 1'000'000) + "}]"; };
  const std::string text = render(at(2 * 3600 + 5 * 60), view);
  EXPECT_TRUE(text == "T\n2h5m ago\n") << text;
  EXPECT_TRUE(render(at(-3 * 86'400 - 30), view).starts_with("T\nin 3d"));
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
