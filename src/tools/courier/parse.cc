// The command line, by CLI11 (included here only) from the declared commands.
#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "courier_paths.h"
#include "tools/courier/command.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

// CLI11 writes into these while it parses.
struct Slot {
  Invocation invocation;
  CLI::App* app;
  std::map<std::string, std::vector<std::string>> words;  // of each argument
  std::map<std::string, bool> switches;
};

std::vector<std::string> strings(const std::vector<const char*>& texts) { return {texts.begin(), texts.end()}; }

void declare_argument(CLI::App& app, const Argument& argument, std::vector<std::string>& words) {
  CLI::Option* option = app.add_option(argument.name, words, argument.help);
  option->type_name("");
  switch (argument.count) {
    case Argument::Count::One: option->required()->expected(1)->allow_extra_args(false); break;
    case Argument::Count::Optional: option->expected(0, 1); break;
    case Argument::Count::Some: option->required()->expected(-1); break;
    case Argument::Count::Any: option->expected(-1); break;
  }
  if (!argument.choices.empty()) option->check(CLI::IsMember(strings(argument.choices)));
}

void declare_option(CLI::App& app, const Option& option, Slot& slot) {
  if (*option.value == '\0') {
    app.add_flag(option.name, slot.switches[option.name], option.help);
    return;
  }
  CLI::Option* declared = app.add_option(option.name, slot.invocation.options[option.name], option.help);
  declared->type_name(option.value);
  declared->expected(1)->allow_extra_args(false);
  // "--set a=1 --set b=2" adds up; what can be given once and is given twice takes the last.
  declared->multi_option_policy(option.repeated ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
}

// The app of the words before the last ("queue" of "queue list").
CLI::App* parent_of(CLI::App& root, std::string_view name, std::string& last) {
  CLI::App* app = &root;
  const auto words = split(name, ' ');
  for (std::size_t i = 0; i + 1 < words.size(); ++i) app = app->get_subcommand(std::string(words[i]));
  last = words.back();
  return app;
}

void declare(CLI::App& root, const Command& command, std::vector<std::unique_ptr<Slot>>& slots) {
  std::string last;
  CLI::App* parent = parent_of(root, command.name, last);
  CLI::App* app = parent->add_subcommand(last, command.summary);
  std::string footer = command.details;
  if (*command.example != '\0') footer += std::string(footer.empty() ? "" : "\n\n") + "Example:\n  " + command.example;
  app->footer(footer);
  if (command.run == nullptr) {
    app->require_subcommand(1);
    return;
  }
  auto slot = std::make_unique<Slot>(Slot{Invocation(command), app, {}, {}});
  for (const Argument& argument : command.arguments) declare_argument(*app, argument, slot->words[argument.name]);
  for (const Option& option : all_options(command)) declare_option(*app, option, *slot);
  slots.push_back(std::move(slot));
}

int run(Slot& slot) {
  Invocation& invocation = slot.invocation;
  for (const Argument& argument : invocation.command->arguments) {
    for (std::string& word : slot.words[argument.name]) invocation.arguments.push_back(std::move(word));
  }
  std::erase_if(invocation.options, [](const auto& option) { return option.second.empty(); });
  for (const auto& [name, given] : slot.switches) {
    if (given) invocation.options[name] = {""};
  }
  return invocation.command->run(invocation);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App root("Courier: an integrated mail server", "courier");
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string("courier ") + paths::version);
  root.set_help_all_flag("");
  std::vector<std::unique_ptr<Slot>> slots;
  for (const Command& command : commands()) declare(root, command, slots);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return root.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  for (const std::unique_ptr<Slot>& slot : slots) {
    if (!slot->app->parsed()) continue;
    try {
      return run(*slot);
    } catch (const std::exception& error) {  // an answer of another form than this command knows, no memory
      return print_error(slot->invocation, EX_SOFTWARE, error.what());
    }
  }
  return EX_USAGE;
}

}  // namespace courier::tool
