#include "tools/courier/password.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace courier::tool {

namespace {

// Switches the terminal's echo off while it lives.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

std::string ask(const std::string& prompt) {
  const NoEcho quiet;  // before the prompt: what is typed at once is neither shown nor lost
  (void)std::fprintf(stderr, "%s: ", prompt.c_str());
  std::string line;
  std::getline(std::cin, line);
  (void)std::fputc('\n', stderr);
  return line;
}

}  // namespace

Result<std::string, std::string> read_password(const std::string& prompt) {
  std::string password;
  if (::isatty(STDIN_FILENO) != 0) {
    password = ask(prompt);
    if (password != ask("The same again")) return fail(std::string("the two passwords differ"));
  } else {
    std::getline(std::cin, password);
    if (!password.empty() && password.back() == '\r') password.pop_back();
  }
  if (password.empty()) return fail(std::string("an empty password is not allowed"));
  return password;
}

}  // namespace courier::tool
