// Completion of commands, options and fixed choices in bash, zsh and fish.
#include <sysexits.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "tools/courier/actions.h"
#include "tools/courier/manual.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

// "'" within a shell's single quotes.
std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// What may follow the words `prefix` ("" or "queue"): the next words of the commands that begin with it.
std::vector<std::pair<std::string, std::string>> next_words(std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string start = prefix.empty() ? "" : std::string(prefix) + " ";
  for (const Command& command : commands()) {
    const std::string_view name = command.name;
    if (!name.starts_with(start)) continue;
    const std::string_view rest = name.substr(start.size());
    if (!rest.empty() && rest.find(' ') == rest.npos) out.emplace_back(rest, command.summary);
  }
  return out;
}

std::string words_of(const Command& command) {
  std::vector<std::string> words;
  for (const auto& [word, summary] : next_words(command.name)) words.push_back(word);
  for (const Argument& argument : command.arguments) words.insert(words.end(), argument.choices.begin(), argument.choices.end());
  for (const Option& option : all_options(command)) words.emplace_back(option.name);
  words.emplace_back("--help");
  return join(words, " ");
}

std::string top_words() {
  std::vector<std::string> words;
  for (const auto& [word, summary] : next_words("")) words.push_back(word);
  return join(words, " ");
}

std::string bash() {
  std::string out =
      "# bash completion of courier(1); made by `courier completion bash`\n"
      "_courier() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  case $previous in\n"
      "    --dir) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
      "    --config) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
      "  esac\n"
      "  local words=\"" +
      top_words() +
      " --help --version\"\n"
      "  case \"${COMP_WORDS[*]:1:COMP_CWORD-1} \" in\n";
  // Longest names first: "queue list" before "queue".
  for (const bool two : {true, false}) {
    for (const Command& command : commands()) {
      const std::string_view name = command.name;
      if ((name.find(' ') != name.npos) != two) continue;
      out += "    " + single_quoted(std::string(name) + " ") + "*) words=" + single_quoted(words_of(command)) + " ;;\n";
    }
  }
  return out + "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\ncomplete -F _courier courier\n";
}

std::string zsh() {
  return "#compdef courier\n"
         "# zsh completion of courier(1); made by `courier completion zsh`\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash().substr(bash().find("_courier()"));
}

std::string fish() {
  std::string out = "# fish completion of courier(1); made by `courier completion fish`\ncomplete -c courier -f\n";
  for (const auto& [word, summary] : next_words("")) {
    out += "complete -c courier -n __fish_use_subcommand -a " + word + " -d " + single_quoted(summary) + "\n";
  }
  for (const Command& command : commands()) {
    std::string condition;
    for (const std::string_view word : split(command.name, ' ')) {
      condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + std::string(word));
    }
    const std::string start = "complete -c courier -n " + single_quoted(condition);
    for (const auto& [word, summary] : next_words(command.name)) out += start + " -a " + word + " -d " + single_quoted(summary) + "\n";
    for (const Argument& argument : command.arguments) {
      for (const char* choice : argument.choices) out += start + " -a " + choice + "\n";
    }
    for (const Option& option : all_options(command)) {
      const bool files = std::string_view(option.value) == "DIR" || std::string_view(option.value) == "FILE";
      out += start + " -l " + (option.name + 2) +
             (*option.value == '\0' ? ""
              : files               ? " -rF"
                                    : " -x") +
             " -d " + single_quoted(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell == "zsh") return zsh();
  return shell == "fish" ? fish() : bash();
}

int completion(const Invocation& invocation) {
  (void)std::fputs(completion_script(invocation.argument(0)).c_str(), stdout);
  return EX_OK;
}

int generate_man(const Invocation& invocation) {
  const std::filesystem::path folder = invocation.argument(0);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const auto& [name, text] : man_pages()) {
    std::ofstream out(folder / name, std::ios::binary);
    out << text;
    out.close();
    if (!out) return print_error(invocation, EX_CANTCREAT, (folder / name).string() + ": " + std::strerror(errno));
  }
  return EX_OK;
}

}  // namespace courier::tool
