#include "rules/received.h"

#include "base/text.h"

namespace courier::rules {

namespace {

// What a peer said of itself, made harmless inside a header field: no comments, no folding.
void append_word(std::string& out, std::string_view word) {
  for (const char c : word) {
    const bool plain = ascii_alpha(c) || ascii_digit(c) || std::string_view("-._:[]@+=").find(c) != std::string_view::npos;
    out += plain ? c : '_';
  }
}

}  // namespace

std::string transmission_type(const ReceivedFacts& facts) {
  std::string out = facts.smtputf8 ? "UTF8SMTP" : facts.extended ? "ESMTP" : "SMTP";
  if (!facts.extended) return out;
  if (!facts.tls_version.empty()) out += 'S';
  if (!facts.mechanism.empty()) out += 'A';
  return out;
}

std::string received_field(const ReceivedFacts& facts) {
  std::string out;
  out.reserve(256);
  out += "Received: from ";
  append_word(out, facts.peer_name);
  if (facts.peer_address.empty()) {
    out += " (local)\n";
  } else {
    ((out += " ([") += facts.peer_address) += "])\n";
  }
  if (!facts.mechanism.empty() || !facts.tls_version.empty()) {
    out += "  (";
    if (!facts.mechanism.empty()) {
      ((out += "AUTH: ") += facts.mechanism) += ' ';
      append_word(out, facts.account);
      if (!facts.tls_version.empty()) out += ", ";
    }
    if (!facts.tls_version.empty()) {
      ((out += "TLS: ") += facts.tls_version) += ',';
      ((out += std::to_string(facts.tls_bits)) += "bits,") += facts.tls_cipher;
    }
    out += ")\n";
  }
  ((out += "  by ") += facts.host_name) += " with ";
  (out += transmission_type(facts)) += "\n  id ";
  ((out += facts.id) += "; ") += rfc5322_date(facts.at);
  out += '\n';
  return out;
}

}  // namespace courier::rules
