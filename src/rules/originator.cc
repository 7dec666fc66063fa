#include "rules/originator.h"

#include <algorithm>

#include "base/text.h"
#include "wire/address/mailbox.h"

namespace courier::rules {

namespace {

// These three give the offset behind what begins at `at`, or `at` when it does not end.
// comment (RFC 5322, section 3.2.2)
std::size_t skip_comment(std::string_view text, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')' && --depth == 0) {
      return i + 1;
    }
  }
  return at;
}

// quoted-string, domain-literal
std::size_t skip_enclosed(std::string_view text, std::size_t at, char close) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == close) {
      return i + 1;
    }
  }
  return at;
}
std::size_t skip_whole(std::string_view text, std::size_t at) {
  switch (text[at]) {
    case '(': return skip_comment(text, at);
    case '"': return skip_enclosed(text, at, '"');
    case '[': return skip_enclosed(text, at, ']');
    default: return at + 1;
  }
}

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool joins(char c) { return c == '.' || c == '@'; }

// One mailbox being collected: `angle` when there is an angle-addr, else the words outside.
class Collected {
 public:
  [[nodiscard]] bool in_angle() const { return place_ == Place::Angle; }

  void open_angle() {
    if (place_ != Place::Words) return add("<");  // a second one: no address
    place_ = Place::Angle;
    gap_ = false;
  }
  void close_angle() { place_ = Place::Behind; }
  // Blanks or a comment: allowed around dots and '@' (RFC 5322, section 4.4), else what stands on both sides is no address.
  void gap() { gap_ = true; }
  void add(std::string_view text) {
    std::string& out = place_ == Place::Words ? words_ : angle_;
    // What follows an angle-addr makes it none.
    if (place_ == Place::Behind || (gap_ && !out.empty() && !joins(out.back()) && !joins(text.front()))) out += ' ';
    gap_ = false;
    out += text;
  }
  void finish(std::vector<std::string>& out) {
    if (in_angle()) angle_.insert(0, 1, '<');  // never closed
    if (place_ != Place::Words || !words_.empty()) out.push_back(place_ == Place::Words ? words_ : angle_);
    *this = {};
  }

 private:
  enum class Place { Words, Angle, Behind };
  Place place_ = Place::Words;
  bool gap_ = false;
  std::string words_, angle_;
};

}  // namespace

std::vector<std::string> addresses_of(std::string_view text) {
  std::vector<std::string> out;
  Collected mailbox;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    const char c = text[at];
    end = skip_whole(text, at);
    const bool comment = c == '(' && end != at;
    if (end == at) ++end;  // what does not end is text
    if (comment || blank(c)) {
      mailbox.gap();
    } else if (c == '<' && !mailbox.in_angle()) {
      mailbox.open_angle();
    } else if (c == '>' && mailbox.in_angle()) {
      mailbox.close_angle();
    } else if (c == ':' && !mailbox.in_angle()) {
      mailbox = {};  // a group's name
    } else if ((c == ',' || c == ';') && !mailbox.in_angle()) {
      mailbox.finish(out);
    } else {
      mailbox.add(text.substr(at, end - at));
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
