#include "rules/header_edit.h"

namespace courier::rules {

void edit_header(std::string& message, std::size_t ahead, const HeaderFacts& facts, Completing completing, std::string_view id,
                 std::string_view host_name, WallTime now) {
  // From the back to the front, so that offsets stay right.
  if (facts.needs_separator) message.insert(ahead + facts.size, "\n");
  for (auto at = facts.return_paths.rbegin(); at != facts.return_paths.rend(); ++at) message.insert(ahead + *at, "Old-");
  if (completing == Completing::No) return;
  std::string added;
  if (!facts.has_date) ((added += "Date: ") += rfc5322_date(now)) += '\n';
  if (!facts.has_message_id) ((((added += "Message-ID: <courier.") += id) += '@') += host_name) += ">\n";
  if (!facts.has_recipients && facts.fields > 0) added += "To: undisclosed-recipients: ;\n";
  if (!added.empty()) message.insert(ahead, added);
}

}  // namespace courier::rules
