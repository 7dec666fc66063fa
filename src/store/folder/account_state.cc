#include "store/folder/account_state.h"

#include <algorithm>

#include "base/text.h"

namespace courier::store {

namespace {
constexpr std::uint64_t kReserved = 10'000;  // modification sequences per write of the mark
constexpr std::string_view kHeader = "courier-account 1";
}  // namespace

AccountState::AccountState(Disk& disk, std::string root, std::string host, std::uint64_t process_id)
    : disk_(disk), root_(std::move(root)), names_(host, process_id) {}

Quota AccountState::quota(WallTime now) { return {disk_, root_, limits, names_.make(now)}; }

void AccountState::load() {
  if (loaded_) return;
  loaded_ = true;
  const auto text = read_file(disk_, root_ + "/courier-account", 4096);
  if (!text) return;
  const auto words = split(trim(*text), ' ');
  if (words.size() != 4 || !text->starts_with(kHeader)) return;
  mark_ = modseq_ = to_u64(words[2]).value_or(0);
  last_uid_validity_ = to_u32(words[3]).value_or(0);
}

DiskResult<void> AccountState::save() {
  const std::string text = std::string(kHeader) + " " + std::to_string(mark_) + " " + std::to_string(last_uid_validity_) + "\n";
  auto saved = replace_file(disk_, root_ + "/courier-account", text);
  unsaved_ = !saved;
  return saved;
}

ModSeq AccountState::next_modseq() {
  load();
  ++modseq_;
  if (modseq_ >= mark_) {
    mark_ = modseq_ + kReserved;
    (void)save();
  }
  return ModSeq(modseq_);
}

void AccountState::seen(ModSeq modseq) {
  load();
  modseq_ = std::max(modseq_, modseq.value);
}

UidValidity AccountState::next_uid_validity(WallTime now) {
  load();
  last_uid_validity_ = std::max(static_cast<std::uint32_t>(now.seconds()), last_uid_validity_ + 1);
  (void)save();
  return UidValidity(last_uid_validity_);
}

DiskResult<void> AccountState::check() { return unsaved_ ? save() : DiskResult<void>{}; }

}  // namespace courier::store
