// How a subcommand of `courier` is declared: once, as data. From that come the parser, --help, the manual pages and the
// shells' completion.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace courier::tool {

struct Argument {
  enum class Count { One, Optional, Some, Any };  // exactly one, none or one, one or more, any number
  const char* name;  // "ADDRESS"
  const char* help;
  Count count = Count::One;
  std::vector<const char*> choices = {};
};

struct Option {
  const char* name;   // "--dir"
  const char* value;  // what follows, "DIR"; empty: nothing, it is a switch
  const char* help;
  bool repeated = false;
};

class Invocation;

struct Command {
  const char* name;     // "queue list"
  const char* summary;  // one line without a full stop
  const char* details = "";
  std::vector<Argument> arguments = {};
  std::vector<Option> options = {};
  const char* example = "";
  int (*run)(const Invocation& invocation) = nullptr;  // none: a group, whose commands begin with its name
  bool instance = true;  // works on an instance: has --config and --dir
};

// Every command, groups before their members, in the order of the manual.
[[nodiscard]] const std::vector<Command>& commands();
// The command's own options and those that it has in common with others.
[[nodiscard]] std::vector<Option> all_options(const Command& command);

// What was typed, checked against the declaration.
class Invocation {
 public:
  explicit Invocation(const Command& c) : command(&c) {}
  const Command* command;
  std::vector<std::string> arguments;                       // in their order, each argument's words one after the other
  std::map<std::string, std::vector<std::string>> options;  // "--dir" -> values; a switch has one empty value

  [[nodiscard]] bool has(const std::string& option) const { return options.contains(option); }
  [[nodiscard]] std::string value(const std::string& option, std::string otherwise = "") const;
  [[nodiscard]] std::vector<std::string> values(const std::string& option) const;
  // The n-th word, or empty.
  [[nodiscard]] std::string argument(std::size_t n) const { return n < arguments.size() ? arguments[n] : std::string(); }
  [[nodiscard]] bool json() const { return has("--json"); }
};

// Parses the command line and runs the command. Returns the exit status (sysexits.h): 64 for a command line that is wrong.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace courier::tool
