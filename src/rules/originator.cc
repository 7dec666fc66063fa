#include "rules/originator.h"

#include <algorithm>

#include "base/text.h"
#include "wire/address/mailbox.h"

namespace courier::rules {

namespace {

// Skips a comment (RFC 5322, section 3.2.2) whose '(' is at `at`; gives the offset behind it.
std::size_t skip_comment(std::string_view text, std::size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '(') {
      ++depth;
    } else if (text[at] == ')' && --depth == 0) {
      return at + 1;
    }
  }
  return text.size();
}

// Skips a quoted-string whose opening quote is at `at`.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// One mailbox being collected: `angle` when there is an angle-addr, else the words outside.
struct Collected {
  std::string words, angle;
  bool has_angle = false, in_angle = false;

  void add(std::string_view text) { (in_angle ? angle : words) += text; }
  void finish(std::vector<std::string>& out) {
    const std::string& address = has_angle ? angle : words;
    if (has_angle || !address.empty()) out.push_back(address);
    *this = {};
  }
};

}  // namespace

std::vector<std::string> addresses_of(std::string_view text) {
  std::vector<std::string> out;
  Collected mailbox;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '(') {
      at = skip_comment(text, at);
    } else if (c == '"') {
      const std::size_t end = skip_quoted(text, at);
      mailbox.add(text.substr(at, end - at));
      at = end;
    } else {
      ++at;
      if (blank(c)) continue;
      if (c == '<' && !mailbox.in_angle) {
        mailbox.in_angle = mailbox.has_angle = true;
      } else if (c == '>' && mailbox.in_angle) {
        mailbox.in_angle = false;
      } else if (c == ':' && !mailbox.in_angle) {
        mailbox = {};  // a group's name
      } else if ((c == ',' || c == ';') && !mailbox.in_angle) {
        mailbox.finish(out);
      } else {
        mailbox.add({&c, 1});
      }
    }
  }
  mailbox.finish(out);
  return out;
}

bool may_send_as(std::string_view text, const std::vector<std::string>& senders) {
  const auto mailbox = address::parse_mailbox(text, address::Utf8::Yes);
  if (!mailbox) return false;
  const std::string canonical = address::canonical(*mailbox);
  const std::string domain = '@' + to_lower(mailbox->domain);
  return std::any_of(senders.begin(), senders.end(), [&](const std::string& sender) {
    return sender.starts_with('@') ? iequals(sender, domain) : iequals(sender, canonical);
  });
}

}  // namespace courier::rules
