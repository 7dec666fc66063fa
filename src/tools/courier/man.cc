// Manual pages in the man(7) macros.
#include "base/text.h"
#include "tools/courier/command.h"
#include "tools/courier/manual.h"

namespace courier::tool {

namespace {

// Text as man(7) wants it: a line beginning with "." or "'" and every backslash and hyphen are made literal.
std::string literal(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string head(const std::string& page, std::string_view summary) {
  return ".TH " + to_upper(page) + " 1 \"\" \"Courier\" \"Courier manual\"\n.SH NAME\n" + literal(page) + " \\- " + literal(summary) + "\n";
}

std::string argument_words(const Argument& argument) {
  std::string name = "\\fI" + literal(argument.name) + "\\fR";
  switch (argument.count) {
    case Argument::Count::One: return name;
    case Argument::Count::Optional: return "[" + name + "]";
    case Argument::Count::Some: return name + "...";
    case Argument::Count::Any: return "[" + name + "...]";
  }
  return name;
}

std::string synopsis(const Command& command) {
  std::string out = "\\fBcourier " + literal(command.name) + "\\fR";
  for (const Option& option : all_options(command)) {
    out += " [\\fB" + literal(option.name) + "\\fR";
    if (*option.value != '\0') out += " \\fI" + literal(option.value) + "\\fR";
    out += option.repeated ? "]..." : "]";
  }
  for (const Argument& argument : command.arguments) out += " " + argument_words(argument);
  return out + "\n";
}

std::string description(const Command& command) {
  std::string out = literal(command.summary) + ".\n";
  if (*command.details != '\0') out += ".PP\n" + literal(command.details) + "\n";
  for (const Argument& argument : command.arguments) {
    out += ".TP\n\\fI" + literal(argument.name) + "\\fR\n" + literal(argument.help) + ".\n";
  }
  for (const Option& option : all_options(command)) {
    out += ".TP\n\\fB" + literal(option.name) + "\\fR";
    if (*option.value != '\0') out += " \\fI" + literal(option.value) + "\\fR";
    out += "\n" + literal(option.help) + ".\n";
  }
  if (*command.example != '\0') out += ".PP\nExample:\n.PP\n.nf\n    " + literal(command.example) + "\n.fi\n";
  return out;
}

std::string_view first_word(const Command& command) { return split(command.name, ' ').front(); }

constexpr const char* kStatus =
    ".SH EXIT STATUS\n"
    "0 when all went well; else one of sysexits(3): 64 the command line is wrong, 65 what was given is wrong, 66 there is no such\n"
    "message, 67 there is no such account, alias or domain, 69 the server does not run or did not answer, 73 a file cannot be made, 75 try again,\n"
    "77 not permitted, 78 the settings are wrong.\n";

std::string overview() {
  std::string out =
      head("courier", "the command of the Courier mail server") + ".SH SYNOPSIS\n\\fBcourier\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n";
  out +=
      ".SH DESCRIPTION\nEverything an administrator does with Courier is a command of this program. Each has \\fB\\-\\-help\\fR with an\n"
      "example, and \\fB\\-\\-json\\fR for programs. Without \\fB\\-\\-config\\fR or \\fB\\-\\-dir\\fR they work on the installed server.\n"
      ".SH COMMANDS\n";
  for (const Command& command : commands()) {
    if (command.run != nullptr) out += ".TP\n\\fBcourier " + literal(command.name) + "\\fR\n" + literal(command.summary) + ".\n";
  }
  return out + kStatus;
}

// The page of a first word: the command itself, or all commands of the group.
std::string page(std::string_view word) {
  std::string usage;
  std::string text;
  std::string summary;
  for (const Command& command : commands()) {
    if (first_word(command) != word) continue;
    if (summary.empty()) summary = command.summary;
    if (command.run == nullptr) {
      if (*command.details != '\0') text += literal(command.details) + "\n";
      continue;
    }
    usage += (usage.empty() ? "" : ".br\n") + synopsis(command);
    const bool member = command.name != word;
    if (member) text += ".SS courier " + literal(command.name) + "\n";
    text += description(command);
  }
  return head("courier-" + std::string(word), summary) + ".SH SYNOPSIS\n" + usage + ".SH DESCRIPTION\n" + text + kStatus +
         ".SH SEE ALSO\n\\fBcourier\\fR(1)\n";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> man_pages() {
  std::vector<std::pair<std::string, std::string>> out{{"courier.1", overview()}};
  std::string_view last;
  for (const Command& command : commands()) {
    const std::string_view word = first_word(command);
    if (word != last) out.emplace_back("courier-" + std::string(word) + ".1", page(word));
    last = word;
  }
  return out;
}

}  // namespace courier::tool
