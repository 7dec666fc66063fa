// FolderName: a folder of one account. The inbox is the empty path; every other folder is a path of components joined by
// dots: "Work.2024" lies on disk in ".Work.2024" (Maildir++; UTF-8 in normalisation form C, never modified UTF-7).
// A value; made only by parse(), so that one that exists is a valid file name.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace courier::store {

class FolderName {
 public:
  // The inbox.
  FolderName() = default;

  // "Work.2024", without any "INBOX." prefix; "" or "INBOX" (any case) is the inbox. Nothing when a component is empty,
  // holds '/', '.' or a control character, the text is not UTF-8, or the file name would exceed 255 bytes. The text is brought
  // to normalisation form C.
  [[nodiscard]] static std::optional<FolderName> parse(std::string_view text);
  // From the name of a directory in the maildir (".Work.2024"); nothing for what is no folder's name. Not normalised: what
  // another program made keeps its bytes.
  [[nodiscard]] static std::optional<FolderName> from_directory(std::string_view entry);

  [[nodiscard]] bool is_inbox() const { return path_.empty(); }
  // "Work.2024"; empty for the inbox.
  [[nodiscard]] const std::string& path() const { return path_; }
  // ".Work.2024"; empty for the inbox.
  [[nodiscard]] std::string directory() const { return is_inbox() ? std::string() : "." + path_; }
  [[nodiscard]] std::vector<std::string_view> components() const;
  // The folder above; the inbox for a folder of one component and for itself.
  [[nodiscard]] FolderName parent() const;
  // True for every folder below `ancestor` (and not for itself). Everything is below the inbox.
  [[nodiscard]] bool is_below(const FolderName& ancestor) const;
  // This folder's name after `from` (it, or an ancestor) became `to`; nothing when the result is too long.
  [[nodiscard]] std::optional<FolderName> moved(const FolderName& from, const FolderName& to) const;

  auto operator<=>(const FolderName&) const = default;

 private:
  explicit FolderName(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace courier::store
