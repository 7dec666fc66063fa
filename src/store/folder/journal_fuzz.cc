// A journal as a crash, a disk or another program may leave it: what is read of it reads the same when it is written anew. And the
// files of other servers that are adopted.
#include "store/folder/journal.h"

#include <cstdint>

#include "base/check.h"
#include "store/folder/adopt.h"
#include "store/folder/subscriptions.h"

using namespace courier::store;

namespace {

std::string write_all(const std::vector<JournalRecord>& records) {
  std::string text;
  for (const auto& record : records) text += write_record(record);
  return text;
}

void check_journal(std::string_view text) {
  const JournalText journal = parse_journal(text);
  const JournalText again = parse_journal(write_all(journal.records));
  CHECK(!again.torn && again.records == journal.records);
  if (const auto last = parse_last_record(text); last && !journal.torn) CHECK(*last == journal.records.back());
}

// Any text in the places of texts.
void check_record(std::string_view text) {
  using Kind = JournalRecord::Kind;
  if (text.empty()) return;  // no name, no keyword
  for (const auto kind : {Kind::Message, Kind::Keywords, Kind::UniqueId}) {
    JournalRecord record;
    record.kind = kind;
    if (kind == Kind::Keywords) {
      record.keywords = {std::string(text)};
    } else {
      record.text = text;
    }
    const std::string written = write_record(record);
    CHECK(written.find('\n') == written.size() - 1);
    CHECK(parse_record(std::string_view(written).substr(0, written.size() - 1)) == record);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_journal(text);
  check_record(text);
  for (const Adopted& adopted : {parse_courier_uiddb(text), parse_dovecot_uidlist(text)}) {
    for (std::size_t i = 1; i < adopted.messages.size(); ++i) CHECK(adopted.messages[i - 1].uid < adopted.messages[i].uid);
  }
  static_cast<void>(parse_courier_keywords(text));
  static_cast<void>(parse_dovecot_keywords(text));
  static_cast<void>(parse_courier_pop3_list(text));
  static_cast<void>(parse_courier_subscriptions(text));
  static_cast<void>(parse_dovecot_subscriptions(text));
  return 0;
}
