// Names that other programs may have made in a maildir.
#include <cstdint>

#include "base/check.h"
#include "store/maildir/folder_name.h"
#include "store/maildir/message_name.h"
#include "store/maildir/quota.h"

using namespace courier::store;

namespace {

void check_message_name(std::string_view name) {
  CHECK(name.starts_with(base_of(name)));
  CHECK(base_of(name).starts_with(unique_part(name)));
  const std::string changed = with_flags(name, flags_of(name));
  CHECK(base_of(changed) == base_of(name));
  CHECK(flags_of(changed) == flags_of(name));
  CHECK(with_flags(changed, flags_of(changed)) == changed);
  CHECK(!arrived_before(name, name));
  const std::string sized = with_sizes(base_of(name), 7, 9);
  CHECK(size_of(sized) == 7 && wire_size_of(sized) == 9);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_message_name(text);
  if (const auto folder = FolderName::parse(text)) {
    CHECK(FolderName::parse(folder->path()) == folder);
    CHECK(folder->directory().size() <= 255 && folder->directory().find('/') == std::string::npos);
    if (!folder->is_inbox()) CHECK(FolderName::from_directory(folder->directory()) == folder);
  }
  if (const auto folder = FolderName::from_directory(text)) CHECK(folder->directory() == text);
  const QuotaLimits limits = parse_quota(text);
  CHECK(parse_quota(write_quota(limits)) == limits);
  return 0;
}
