#include "wire/dsn/status.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "wire/address/escape.h"

namespace courier::dsn {
namespace {

constexpr std::array actions = {std::pair{Action::Failed, "failed"}, std::pair{Action::Delayed, "delayed"},
                                std::pair{Action::Delivered, "delivered"}, std::pair{Action::Relayed, "relayed"},
                                std::pair{Action::Expanded, "expanded"}};

// --- writing ---

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (!control) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return std::string(trim(out));
}
void field(std::string& out, std::string_view name, std::string_view value) {
  const std::string line = one_line(value);
  if (line.empty()) return;
  out += name;
  out += ": ";
  out += line;
  out += '\n';
}
void field(std::string& out, std::string_view name, const Typed& value) { field(out, name, value.type + "; " + value.text); }
void field(std::string& out, std::string_view name, const std::optional<Typed>& value) {
  if (value) field(out, name, *value);
}

void write_recipient(std::string& out, const RecipientStatus& recipient) {
  out += '\n';
  field(out, "Original-Recipient", recipient.original_recipient);
  field(out, "Final-Recipient", recipient.final_recipient);
  field(out, "Action", to_string(recipient.action));
  field(out, "Status", recipient.status);
  field(out, "Remote-MTA", recipient.remote_mta);
  field(out, "Diagnostic-Code", recipient.diagnostic_code);
  field(out, "Last-Attempt-Date", recipient.last_attempt_date);
  field(out, "Will-Retry-Until", recipient.will_retry_until);
}

// --- reading ---

struct Field {
  std::string name;   // lower case
  std::string value;  // unfolded
  std::size_t line = 0;
};
using Block = std::vector<Field>;

// Fields in blocks, divided by empty lines (RFC 3464, section 2.1.1).
Result<std::vector<Block>, SyntaxError> read_blocks(std::string_view text) {
  std::vector<Block> blocks(1);
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (trim(line).empty()) {
      if (!blocks.back().empty()) blocks.emplace_back();
      continue;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (blocks.back().empty()) return fail(SyntaxError{number, "a field"});
      blocks.back().back().value += " " + std::string(trim(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return fail(SyntaxError{number, "field-name \":\""});
    blocks.back().push_back({to_lower(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))), number});
  }
  if (blocks.back().empty()) blocks.pop_back();
  for (Block& block : blocks) {
    for (Field& one : block) one.value = one_line(one.value);
  }
  return blocks;
}

// address-type / mta-name-type / diagnostic-type ";" text (RFC 3464, section 2.1.2)
std::optional<Typed> read_typed(const Field& from) {
  const auto semicolon = from.value.find(';');
  if (semicolon == std::string::npos) return {};
  Typed typed{to_lower(trim(std::string_view(from.value).substr(0, semicolon))),
              std::string(trim(std::string_view(from.value).substr(semicolon + 1)))};
  if (typed.type.empty() || typed.type.find(' ') != std::string::npos || typed.text.empty()) return {};
  return typed;
}

// status-code = DIGIT "." 1*3DIGIT "." 1*3DIGIT (RFC 3463, section 2)
bool is_status(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3 || parts[0].size() != 1 || std::string_view("245").find(parts[0]) == std::string_view::npos) return false;
  for (const std::string_view part : {parts[1], parts[2]}) {
    if (part.empty() || part.size() > 3 || !to_u32(part)) return false;
  }
  return true;
}

std::optional<SyntaxError> read_message_fields(const Block& block, Status& status) {
  for (const Field& one : block) {
    if (one.name == "original-envelope-id") status.original_envelope_id = one.value;
    if (one.name == "arrival-date") status.arrival_date = one.value;
    if (one.name == "received-from-mta") status.received_from_mta = read_typed(one);
    if (one.name != "reporting-mta") continue;
    const auto typed = read_typed(one);
    if (!typed) return SyntaxError{one.line, "mta-name-type \";\" mta-name"};
    status.reporting_mta = *typed;
  }
  if (status.reporting_mta.type.empty()) return SyntaxError{1, "Reporting-MTA"};
  return {};
}

std::optional<SyntaxError> read_recipient_fields(const Block& block, RecipientStatus& recipient) {
  bool has_action = false;
  for (const Field& one : block) {
    if (one.name == "original-recipient") recipient.original_recipient = read_typed(one);
    if (one.name == "remote-mta") recipient.remote_mta = read_typed(one);
    if (one.name == "diagnostic-code") recipient.diagnostic_code = read_typed(one);
    if (one.name == "last-attempt-date") recipient.last_attempt_date = one.value;
    if (one.name == "will-retry-until") recipient.will_retry_until = one.value;
    if (one.name == "final-recipient") {
      const auto typed = read_typed(one);
      if (!typed) return SyntaxError{one.line, "address-type \";\" address"};
      recipient.final_recipient = *typed;
    }
    if (one.name == "status") {
      // A comment may follow the code.
      recipient.status = one.value.substr(0, one.value.find_first_of(" ("));
      if (!is_status(recipient.status)) return SyntaxError{one.line, "status-code"};
    }
    for (const auto& [action, name] : actions) {
      if (one.name == "action" && iequals(one.value, name)) recipient.action = action, has_action = true;
    }
  }
  const std::size_t line = block.front().line;
  if (recipient.final_recipient.type.empty()) return SyntaxError{line, "Final-Recipient"};
  if (!has_action) return SyntaxError{line, "Action"};
  if (recipient.status.empty()) return SyntaxError{line, "Status"};
  return {};
}

}  // namespace

const char* to_string(Action action) {
  for (const auto& [value, name] : actions) {
    if (value == action) return name;
  }
  return "failed";
}

std::string write(const Status& status) {
  std::string out;
  field(out, "Original-Envelope-Id", status.original_envelope_id);
  field(out, "Reporting-MTA", status.reporting_mta);
  field(out, "Received-From-MTA", status.received_from_mta);
  field(out, "Arrival-Date", status.arrival_date);
  for (const RecipientStatus& recipient : status.recipients) write_recipient(out, recipient);
  return out;
}

Result<Status, SyntaxError> parse_status(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) return fail(SyntaxError{0, "a shorter status"});
  const auto blocks = read_blocks(text);
  if (!blocks) return fail(blocks.error());
  if (blocks->size() < 2) return fail(SyntaxError{1, "per-message and per-recipient fields"});
  if (blocks->size() - 1 > limits.recipients) return fail(SyntaxError{0, "fewer recipients"});
  Status status;
  if (const auto error = read_message_fields(blocks->front(), status)) return fail(*error);
  for (std::size_t i = 1; i < blocks->size(); ++i) {
    if (const auto error = read_recipient_fields((*blocks)[i], status.recipients.emplace_back())) return fail(*error);
  }
  return status;
}

Typed address_field(std::string_view address, bool global) {
  const bool ascii = std::ranges::all_of(address, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return {"rfc822", std::string(address)};
  return {"utf-8", global ? std::string(address) : address::escape_unicode(address)};
}

}  // namespace courier::dsn
