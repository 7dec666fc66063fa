// LIST and LSUB.
#include "wire/imap/list.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "daemons/mailbox/imap/folder_names.h"
#include "daemons/mailbox/imap/session.h"
#include "wire/imap/token.h"

namespace courier::mailbox {

namespace {

// Reference and pattern put together, and the prefix that the names are shown with: who asks for "INBOX.*" sees "INBOX.Sent".
struct Wanted {
  std::string pattern;
  std::string prefix;
};
Wanted wanted(const imap::ListArguments& list, const std::string& folder_prefix) {
  Wanted w{.pattern = list.reference, .prefix = folder_prefix};
  if (!w.pattern.empty() && !w.pattern.ends_with(separator) && !list.pattern.starts_with(separator)) w.pattern += separator;
  w.pattern += list.pattern;
  if (w.pattern.size() > 1 && w.pattern.ends_with(separator)) w.pattern.pop_back();
  if (istarts_with(w.pattern, "INBOX.")) w.prefix = "INBOX.";
  return w;
}

bool too_many_wildcards(std::string_view pattern) {
  return std::ranges::count_if(pattern, [](char c) { return c == '*' || c == '%'; }) > 10;
}

void write_line(std::string& out, const char* verb, const std::string& attributes, std::string_view name) {
  out += "* ";
  out += verb;
  out += " (" + attributes + ") \".\" ";
  imap::append_string(out, name);
  out += "\r\n";
}

// RFC 3348 (CHILDREN), RFC 6154 (SPECIAL-USE). Below the inbox lie the others only when they are shown so.
std::string attributes(const store::FolderEntry& entry, const std::string& prefix) {
  std::string out = entry.selectable ? "" : "\\Noselect ";
  const bool children = entry.has_children && (!entry.name.is_inbox() || !prefix.empty());
  out += children ? "\\HasChildren" : "\\HasNoChildren";
  if (entry.name.is_inbox()) out += entry.marked ? " \\Marked" : " \\UnMarked";
  if (const auto use = special_use(entry.name); !use.empty() && entry.selectable) out += " " + std::string(use);
  return out;
}

}  // namespace

// RFC 3501, section 6.3.8
Task<Reply> ImapSession::list(const imap::Command& command) {
  const auto& arguments = std::get<imap::ListArguments>(command.arguments);
  if (arguments.pattern.empty()) {
    write_line(output_.text(), "LIST", "\\Noselect", "");
    co_return ok("Separator told.");
  }
  const Wanted want = wanted(arguments, settings_.folder_prefix);
  if (too_many_wildcards(want.pattern)) co_return no("[LIMIT] At most 10 wildcards.");
  const auto entries = co_await start_.account->list();
  if (!entries) co_return failed(entries.error(), command);
  for (const auto& entry : *entries) {
    const std::string name = folder_to_wire(entry.name, want.prefix);
    if (imap::list_matches(want.pattern, name, separator)) write_line(output_.text(), "LIST", attributes(entry, want.prefix), name);
    if (output_.due()) co_await output_.flush();
  }
  co_return ok("Listed.");
}

// RFC 3501, section 6.3.9: with "%", a name above a subscribed one that the pattern would not reach is told as \Noselect.
Task<Reply> ImapSession::lsub(const imap::Command& command) {
  const auto& arguments = std::get<imap::ListArguments>(command.arguments);
  const Wanted want = wanted(arguments, settings_.folder_prefix);
  if (too_many_wildcards(want.pattern)) co_return no("[LIMIT] At most 10 wildcards.");
  const auto names = co_await start_.account->subscriptions();
  if (!names) co_return failed(names.error(), command);
  std::set<std::string> told, above;
  for (const auto& subscribed : *names) {
    const std::string name = folder_to_wire(subscribed, want.prefix);
    if (imap::list_matches(want.pattern, name, separator)) {
      told.insert(name);
      continue;
    }
    for (auto dot = name.find(separator); dot != std::string::npos; dot = name.find(separator, dot + 1)) {
      const std::string upper = name.substr(0, dot);
      if (want.pattern.ends_with('%') && imap::list_matches(want.pattern, upper, separator)) above.insert(upper);
    }
  }
  for (const auto& name : told) write_line(output_.text(), "LSUB", "", name);
  for (const auto& name : above) {
    if (!told.contains(name)) write_line(output_.text(), "LSUB", "\\Noselect", name);
  }
  co_return ok("Listed.");
}

}  // namespace courier::mailbox
