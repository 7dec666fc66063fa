#include "wire/address/mailbox.h"

#include <algorithm>

#include "base/text.h"
#include "wire/address/grammar.h"

namespace courier::address {

namespace {

bool all_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80u) != 0; });
}

// What the productions of one address share: where reading began, for the offset of an error.
struct Reader {
  std::string_view whole, rest;
  Utf8 utf8;
  const Limits& limits;

  [[nodiscard]] std::unexpected<SyntaxError> expected(const char* what) const {
    return fail(SyntaxError{whole.size() - rest.size(), what});
  }
  bool take(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  // Mailbox = Local-part "@" ( Domain / address-literal ) (RFC 5321, section 4.1.2)
  Result<Mailbox, SyntaxError> mailbox() {
    const std::size_t begin = rest.size();
    Mailbox out;
    const bool quoted = rest.starts_with('"');
    const bool local = quoted ? take_quoted_string(rest, utf8, out.localpart) : take_dot_string(rest, utf8, out.localpart);
    if (!local) return expected("local part");
    if (begin - rest.size() > limits.localpart) return expected("a shorter local part");
    if (!is_utf8(out.localpart)) return expected("UTF-8");
    if (!take('@')) {
      // <Postmaster> without a domain (RFC 5321, section 4.5.1)
      if (!quoted && iequals(out.localpart, "postmaster")) return out;
      return expected("'@'");
    }
    const bool literal = rest.starts_with('[');
    if (literal ? !take_address_literal(rest, out.domain) : !take_domain(rest, utf8, out.domain)) return expected("domain");
    if (out.domain.size() > limits.domain || begin - rest.size() > limits.path) return expected("a shorter address");
    if (!is_utf8(out.domain)) return expected("UTF-8");
    return out;
  }
  // A-d-l = At-domain *( "," At-domain ); what follows is ":" (RFC 5321, section 4.1.2)
  bool skip_route() {
    std::string ignored;
    do {
      if (!take('@') || !take_domain(rest, utf8, ignored)) return false;
    } while (take(','));
    return take(':');
  }
};

}  // namespace

bool Mailbox::is_ascii() const { return all_ascii(localpart) && all_ascii(domain); }

Result<Mailbox, SyntaxError> parse_mailbox(std::string_view text, Utf8 utf8, const Limits& limits) {
  Reader reader{text, text, utf8, limits};
  auto mailbox = reader.mailbox();
  if (mailbox && !reader.rest.empty()) return reader.expected("the end");
  return mailbox;
}

Result<std::optional<Mailbox>, SyntaxError> take_path(std::string_view& text, Utf8 utf8, const Limits& limits) {
  Reader reader{text, text, utf8, limits};
  std::optional<Mailbox> out;
  if (!reader.take('<')) return reader.expected("'<'");
  if (!reader.rest.starts_with('>')) {
    if (reader.rest.starts_with('@') && !reader.skip_route()) return reader.expected("source route");
    auto mailbox = reader.mailbox();
    if (!mailbox) return fail(mailbox.error());
    out = std::move(*mailbox);
  }
  if (!reader.take('>')) return reader.expected("'>'");
  text = reader.rest;
  return out;
}

bool is_domain(std::string_view text, Utf8 utf8, const Limits& limits) {
  std::string ignored;
  return text.size() <= limits.domain && take_domain(text, utf8, ignored) && text.empty() && is_utf8(ignored);
}

bool is_address_literal(std::string_view text) {
  std::string ignored;
  return take_address_literal(text, ignored) && text.empty();
}

std::string write(const Mailbox& mailbox) {
  std::string out;
  std::string_view rest = mailbox.localpart;
  if (!take_dot_string(rest, Utf8::Yes, out) || !rest.empty()) {
    out = '"';
    for (const char c : mailbox.localpart) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (!mailbox.domain.empty()) {
    out += '@';
    out += mailbox.domain;
  }
  return out;
}

std::string canonical(const Mailbox& mailbox) {
  if (mailbox.domain.empty()) return to_lower(mailbox.localpart);
  return write({mailbox.localpart, to_lower(mailbox.domain)});
}

}  // namespace courier::address
