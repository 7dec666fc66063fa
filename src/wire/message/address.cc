#include "wire/message/address.h"

#include "base/text.h"
#include "wire/message/lexer.h"
#include "wire/text/chars.h"

namespace courier::message {

namespace {

bool is_word_char(char c) { return c == '.' || is_atext(c); }

class Parser {
 public:
  Parser(std::string_view text, std::size_t limit) : in_(text), limit_(limit) {}

  std::vector<Address> run() {
    for (;;) {
      comment_.clear();
      skip_cfws(in_, &comment_);
      if (in_.at_end() || list_.size() >= limit_) break;
      if (in_.take(',')) continue;
      if (in_.take(';')) {
        end_group();
        continue;
      }
      one();
    }
    end_group();
    return std::move(list_);
  }

 private:
  // address = mailbox / group
  void one() {
    const std::string phrase = words();
    if (in_.take(':')) {
      end_group();
      in_group_ = true;
      list_.push_back({.name = {}, .route = {}, .mailbox = phrase, .host = {}});
      return;
    }
    if (in_.take('<')) {
      Address address = angle();
      skip_cfws(in_, &comment_);
      if (!phrase.empty()) {
        address.name = phrase;
      } else if (!comment_.empty()) {
        address.name = comment_;
      }
      list_.push_back(std::move(address));
    } else {
      Address address{.name = {}, .route = {}, .mailbox = local_part(phrase), .host = ""};
      if (in_.take('@')) address.host = domain();
      skip_cfws(in_, &comment_);
      if (!comment_.empty()) address.name = comment_;
      list_.push_back(std::move(address));
    }
    skip_to_separator();
  }

  // phrase, or a local part with blanks around its dots: the words with one space between
  std::string words() {
    std::string out;
    bool first = true;
    for (;;) {
      skip_cfws(in_, &comment_);
      std::string word;
      if (in_.peek() == '"') {
        word = take_quoted_string(in_);
      } else {
        word = in_.take_while(is_word_char);
        if (word.empty()) return out;
      }
      if (!first) out += ' ';
      out += word;
      first = false;
    }
  }

  // Blanks around dots are not part of a local part (obs-local-part).
  static std::string local_part(const std::string& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool by_dot = (i > 0 && words[i - 1] == '.') || (i + 1 < words.size() && words[i + 1] == '.');
      if (words[i] != ' ' || !by_dot) out += words[i];
    }
    return out;
  }

  // angle-addr = "<" [obs-route] addr-spec ">"
  Address angle() {
    Address address{.name = {}, .route = {}, .mailbox = "", .host = ""};
    skip_cfws(in_);
    if (in_.peek() == '@') {
      const auto route = in_.take_while([](char c) { return c != ':' && c != '>'; });
      address.route = unfolded(route);
      static_cast<void>(in_.take(':'));
    }
    address.mailbox = local_part(words());
    if (in_.take('@')) address.host = domain();
    static_cast<void>(in_.take_while([](char c) { return c != '>'; }));
    static_cast<void>(in_.take('>'));
    return address;
  }

  // domain = dot-atom / domain-literal
  std::string domain() {
    std::string out;
    for (;;) {
      skip_cfws(in_, &comment_);
      if (in_.peek() == '[') {
        out += unfolded(in_.take_while([](char c) { return c != ']'; }));
        if (in_.take(']')) out += ']';
        return out;
      }
      const auto piece = in_.take_while(is_word_char);
      if (piece.empty()) return out;
      out += piece;
      // "example . org" goes on after the blank; "example.org next" does not.
      Cursor ahead = in_;
      skip_cfws(ahead);
      if (ahead.peek() != '.' && !out.ends_with('.')) return out;
    }
  }

  static std::string unfolded(std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (!is_wsp(c) && c != '\r' && c != '\n') out += c;
    }
    return out;
  }

  // After an address only a separator is right; anything else is left out.
  void skip_to_separator() {
    while (!in_.at_end() && in_.peek() != ',' && in_.peek() != ';') {
      if (in_.peek() == '"') {
        static_cast<void>(take_quoted_string(in_));
      } else if (in_.peek() == '(') {
        skip_cfws(in_);
      } else {
        static_cast<void>(in_.take_bytes(1));
      }
    }
  }

  void end_group() {
    if (in_group_) list_.emplace_back();
    in_group_ = false;
  }

  Cursor in_;
  std::size_t limit_;
  std::vector<Address> list_;
  std::string comment_;
  bool in_group_ = false;
};

}  // namespace

std::vector<Address> parse_addresses(std::string_view value, std::size_t limit) { return Parser(value, limit).run(); }

}  // namespace courier::message
