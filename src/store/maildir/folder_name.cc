#include "store/maildir/folder_name.h"

#include "base/text.h"
#include "store/maildir/nfc.h"

namespace courier::store {

namespace {

constexpr std::size_t kMaxFileName = 255;

// Dots separate; every component has at least one character, and none that a file name may not hold or a terminal obeys.
bool is_path(std::string_view path) {
  if (path.empty() || path.size() + 1 > kMaxFileName || !is_utf8(path)) return false;
  for (const char c : path) {
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  for (const std::string_view component : split(path, '.')) {
    if (component.empty()) return false;
  }
  return true;
}

}  // namespace

std::optional<FolderName> FolderName::parse(std::string_view text) {
  if (text.empty() || iequals(text, "INBOX")) return FolderName();
  if (text.size() > 4 * kMaxFileName) return std::nullopt;
  auto path = to_nfc(text);
  if (!path || !is_path(*path)) return std::nullopt;
  return FolderName(std::move(*path));
}

std::optional<FolderName> FolderName::from_directory(std::string_view entry) {
  if (entry.size() < 2 || entry[0] != '.' || !is_path(entry.substr(1))) return std::nullopt;
  if (iequals(entry.substr(1), "INBOX")) return std::nullopt;  // no name could reach it
  return FolderName(std::string(entry.substr(1)));
}

std::vector<std::string_view> FolderName::components() const {
  if (is_inbox()) return {};
  return split(path_, '.');
}

FolderName FolderName::parent() const {
  const std::size_t dot = path_.rfind('.');
  return dot == std::string::npos ? FolderName() : FolderName(path_.substr(0, dot));
}

bool FolderName::is_below(const FolderName& ancestor) const {
  if (ancestor.is_inbox()) return !is_inbox();
  return path_.size() > ancestor.path_.size() && path_.starts_with(ancestor.path_) && path_[ancestor.path_.size()] == '.';
}

std::optional<FolderName> FolderName::moved(const FolderName& from, const FolderName& to) const {
  if (*this == from) return to;
  if (!is_below(from) || from.is_inbox() || to.is_inbox()) return std::nullopt;
  std::string path = to.path_ + path_.substr(from.path_.size());
  if (!is_path(path)) return std::nullopt;
  return FolderName(std::move(path));
}

}  // namespace courier::store
