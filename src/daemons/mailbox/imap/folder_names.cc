#include "daemons/mailbox/imap/folder_names.h"

#include "base/text.h"
#include "wire/text/utf7.h"

namespace courier::mailbox {

std::optional<store::FolderName> folder_from_wire(std::string_view name, std::string_view prefix) {
  if (name.size() > 1 && name.ends_with(separator)) name.remove_suffix(1);
  if (iequals(name, "INBOX")) return store::FolderName();
  if (istarts_with(name, "INBOX.")) {
    name.remove_prefix(6);
    if (iequals(name, "INBOX")) return std::nullopt;  // a second name of the inbox
  } else if (!prefix.empty()) {
    return std::nullopt;
  }
  const auto text = from_utf7(name);
  if (!text || text->empty()) return std::nullopt;
  return store::FolderName::parse(*text);
}

std::string folder_to_wire(const store::FolderName& name, std::string_view prefix) {
  if (name.is_inbox()) return "INBOX";
  return std::string(prefix) + to_utf7(name.path());
}

std::string_view special_use(const store::FolderName& name) {
  constexpr std::string_view uses[] = {"\\Drafts", "\\Sent", "\\Trash", "\\Junk", "\\Archive"};
  for (const auto use : uses) {
    if (name.path() == use.substr(1)) return use;
  }
  return {};
}

}  // namespace courier::mailbox
