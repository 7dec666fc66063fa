#include "wire/imap/search.h"

#include "base/text.h"

namespace courier::imap {

namespace {

using Kind = SearchKey::Kind;

// Every key that begins with a word; `kind` says what follows it.
struct Word {
  std::string_view name;
  Kind kind;
  std::uint8_t flags = 0;
};
constexpr Word words[] = {
    {"ALL", Kind::All},
    {"ANSWERED", Kind::Flag, flag::answered},
    {"DELETED", Kind::Flag, flag::deleted},
    {"DRAFT", Kind::Flag, flag::draft},
    {"FLAGGED", Kind::Flag, flag::flagged},
    {"SEEN", Kind::Flag, flag::seen},
    {"UNANSWERED", Kind::NoFlag, flag::answered},
    {"UNDELETED", Kind::NoFlag, flag::deleted},
    {"UNDRAFT", Kind::NoFlag, flag::draft},
    {"UNFLAGGED", Kind::NoFlag, flag::flagged},
    {"UNSEEN", Kind::NoFlag, flag::seen},
    {"KEYWORD", Kind::Keyword},
    {"UNKEYWORD", Kind::NoKeyword},
    {"RECENT", Kind::Recent},
    {"OLD", Kind::Old},
    {"NEW", Kind::New},
    {"BEFORE", Kind::Before},
    {"ON", Kind::On},
    {"SINCE", Kind::Since},
    {"SENTBEFORE", Kind::SentBefore},
    {"SENTON", Kind::SentOn},
    {"SENTSINCE", Kind::SentSince},
    {"LARGER", Kind::Larger},
    {"SMALLER", Kind::Smaller},
    {"HEADER", Kind::Header},
    {"BODY", Kind::Body},
    {"TEXT", Kind::Text},
    {"UID", Kind::Uid},
    {"NOT", Kind::Not},
    {"OR", Kind::Or},
};
constexpr std::string_view address_fields[] = {"BCC", "CC", "FROM", "SUBJECT", "TO"};

class Parser {
 public:
  explicit Parser(Tokens& in) : in_(in) {}

  // search-key *(SP search-key), up to the end or ")"
  SearchKey list() {
    SearchKey all;
    all.kind = Kind::And;
    do {
      all.children.push_back(key());
    } while (in_.take(' '));
    return all;
  }

 private:
  // RFC 3501, section 9: search-key
  SearchKey key() {
    SearchKey key;
    if (++keys_ > in_.limits().search_keys) in_.fail("fewer search keys");
    if (depth_ == in_.limits().search_depth) in_.fail("fewer levels");
    if (!in_.ok()) return key;
    ++depth_;
    if (in_.take('(')) {
      key = list();
      in_.need(')', "search key or )");
    } else if (ascii_digit(in_.peek()) || in_.peek() == '*') {
      key.kind = Kind::Set;
      key.set = parse_sequence_set(in_);
    } else {
      named(key, in_.atom());
    }
    --depth_;
    return key;
  }

  void named(SearchKey& key, const std::string& name) {
    for (const auto field : address_fields) {
      if (!iequals(field, name)) continue;
      key.kind = Kind::Header;
      key.field = field;
      in_.sp();
      key.text = in_.astring();
      return;
    }
    for (const auto& word : words) {
      if (!iequals(word.name, name)) continue;
      key.kind = word.kind;
      key.flags = word.flags;
      arguments(key);
      return;
    }
    in_.fail("search key");
  }

  void arguments(SearchKey& key) {
    switch (key.kind) {
      case Kind::Keyword:
      case Kind::NoKeyword: in_.sp(), key.text = in_.atom(); break;
      case Kind::Before:
      case Kind::On:
      case Kind::Since:
      case Kind::SentBefore:
      case Kind::SentOn:
      case Kind::SentSince: in_.sp(), key.date = parse_date(in_); break;
      case Kind::Larger:
      case Kind::Smaller: in_.sp(), key.number = in_.number(); break;
      case Kind::Header: in_.sp(), key.field = in_.astring(), in_.sp(), key.text = in_.astring(); break;
      case Kind::Body:
      case Kind::Text: in_.sp(), key.text = in_.astring(); break;
      case Kind::Uid: in_.sp(), key.set = parse_sequence_set(in_); break;
      case Kind::Not: in_.sp(), key.children.push_back(this->key()); break;
      case Kind::Or:
        in_.sp(), key.children.push_back(this->key());
        in_.sp(), key.children.push_back(this->key());
        break;
      default: break;
    }
  }

  Tokens& in_;
  std::size_t keys_ = 0;
  std::size_t depth_ = 0;
};

void write_key(std::string& out, const SearchKey& key);

void write_keys(std::string& out, const std::vector<SearchKey>& keys) {
  for (const auto& key : keys) {
    if (&key != &keys.front()) out += ' ';
    write_key(out, key);
  }
}

void write_name(std::string& out, const SearchKey& key) {
  for (const auto& word : words) {
    if (word.kind == key.kind && word.flags == key.flags) out += word.name;
  }
}

void write_key(std::string& out, const SearchKey& key) {
  write_name(out, key);
  switch (key.kind) {
    case Kind::Set: write_sequence_set(out, key.set); break;
    case Kind::Uid: out += ' ', write_sequence_set(out, key.set); break;
    case Kind::Keyword:
    case Kind::NoKeyword: out += ' ', out += key.text; break;
    case Kind::Before:
    case Kind::On:
    case Kind::Since:
    case Kind::SentBefore:
    case Kind::SentOn:
    case Kind::SentSince: out += ' ', write_date(out, key.date); break;
    case Kind::Larger:
    case Kind::Smaller: out += ' ', out += std::to_string(key.number); break;
    case Kind::Header: out += ' ', append_command_string(out, key.field); [[fallthrough]];
    case Kind::Body:
    case Kind::Text: out += ' ', append_command_string(out, key.text); break;
    case Kind::And: out += '(', write_keys(out, key.children), out += ')'; break;
    case Kind::Or:
    case Kind::Not: out += ' ', write_keys(out, key.children); break;
    default: break;
  }
}

}  // namespace

// search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key)
SearchArguments parse_search(Tokens& in) {
  SearchArguments search;
  in.sp();
  if (in.take_word("CHARSET ")) {
    search.charset = in.astring();
    in.sp();
  }
  search.key = Parser(in).list();
  return search;
}

void write_search(std::string& out, const SearchArguments& search) {
  if (!search.charset.empty()) {
    out += " CHARSET ";
    append_command_string(out, search.charset);
  }
  out += ' ';
  write_keys(out, search.key.children);
}

}  // namespace courier::imap
