#include "wire/imap/status.h"

#include <algorithm>

#include "base/text.h"

namespace courier::imap {

namespace {

constexpr StatusItem all_items[] = {StatusItem::Messages, StatusItem::Recent, StatusItem::UidNext, StatusItem::UidValidity,
                                    StatusItem::Unseen};

// status-att
void parse_item(Tokens& in, std::vector<StatusItem>& items) {
  const std::string name = in.atom();
  for (const StatusItem item : all_items) {
    if (!iequals(to_string(item), name)) continue;
    if (std::ranges::find(items, item) == items.end()) items.push_back(item);
    return;
  }
  in.fail("status item");
}

}  // namespace

std::string_view to_string(StatusItem item) {
  switch (item) {
    case StatusItem::Messages: return "MESSAGES";
    case StatusItem::Recent: return "RECENT";
    case StatusItem::UidNext: return "UIDNEXT";
    case StatusItem::UidValidity: return "UIDVALIDITY";
    case StatusItem::Unseen: return "UNSEEN";
  }
  return "";
}

// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
StatusArguments parse_status(Tokens& in) {
  StatusArguments status;
  in.sp();
  status.mailbox = in.astring();
  in.sp();
  const bool list = in.take('(');
  do {
    parse_item(in, status.items);
  } while (list && in.take(' '));
  if (list) in.need(')', "status item or )");
  return status;
}

void write_status(std::string& out, const StatusArguments& status) {
  out += ' ';
  append_command_string(out, status.mailbox);
  out += " (";
  for (const auto& item : status.items) {
    if (&item != &status.items.front()) out += ' ';
    out += to_string(item);
  }
  out += ')';
}

}  // namespace courier::imap
