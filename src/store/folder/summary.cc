#include "store/folder/summary.h"

#include <algorithm>
#include <optional>

#include "store/folder/folder_state.h"

namespace courier::store {

namespace {

constexpr std::size_t kPiece = 1024;  // longer than the header line and the summary line

std::optional<std::string> piece(File& file, std::uint64_t at) {
  std::string text(kPiece, '\0');
  const auto got = file.read_at(at, text);
  if (!got) return std::nullopt;
  text.resize(*got);
  return text;
}

// Nothing when the journal does not end with a summary that still holds.
std::optional<FolderStatus> quick_summary(Disk& disk, const std::string& path) {
  auto file = disk.open(path + "/courier-folder", OpenMode::Read);
  if (!file) return std::nullopt;
  const auto size = (*file)->size();
  if (!size) return std::nullopt;
  const auto head = piece(**file, 0);
  const auto tail = piece(**file, *size - std::min<std::uint64_t>(*size, kPiece));
  if (!head || !tail) return std::nullopt;
  const auto first = parse_record(std::string_view(*head).substr(0, head->find('\n')));
  const auto last = parse_last_record(*tail);
  using Kind = JournalRecord::Kind;
  if (!first || first->kind != Kind::Header || !last || last->kind != Kind::Closed || !last->settled) return std::nullopt;
  const auto fresh = disk.facts(path + "/new");
  const auto cur = disk.facts(path + "/cur");
  if (!fresh || !cur || fresh->modified != last->new_modified || cur->modified != last->cur_modified) return std::nullopt;
  FolderStatus status = last->status;
  status.uid_next = last->uid;
  status.uid_validity = first->uid_validity;
  status.highest_modseq = last->modseq;
  status.id = first->text;
  return status;
}

}  // namespace

StoreResult<FolderStatus> summary_of(AccountState& account, const FolderName& name, WallTime now) {
  if (name.is_inbox()) {
    if (auto made = make_maildir(account.disk(), account.root()); !made) return fail(store_error(made.error()));
  }
  if (auto quick = quick_summary(account.disk(), folder_path(account.root(), name))) return *quick;
  FolderState state(account, name);
  if (auto loaded = state.load(now); !loaded) return fail(loaded.error());
  if (auto scanned = state.scan(now); !scanned) return fail(scanned.error());
  if (auto committed = state.commit(Sync::No); !committed) return fail(committed.error());
  FolderStatus status = state.snapshot()->status();
  state.close(now);
  return status;
}

}  // namespace courier::store
