#include "store/folder/journal.h"

#include <array>

#include "base/encode.h"
#include "base/text.h"

namespace courier::store {

namespace {

constexpr std::string_view kHeader = "courier-folder";
constexpr std::size_t kSumDigits = 8;

// CRC-32 (ISO 3309), by table.
constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1u) ? 0xEDB88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

std::string sum_of(std::string_view text) {
  std::uint32_t value = ~0u;
  for (const char c : text) value = kTable[(value ^ static_cast<unsigned char>(c)) & 0xff] ^ (value >> 8);
  value = ~value;
  std::string digits(kSumDigits, '0');
  for (std::size_t i = kSumDigits; i-- > 0; value >>= 4) digits[i] = "0123456789abcdef"[value & 15];
  return digits;
}

bool is_plain(char c, bool space) { return static_cast<unsigned char>(c) > 0x20 ? c != '\\' && c != 0x7f : c == ' ' && space; }

std::string escape(std::string_view text, bool space) {
  std::string result;
  for (const char c : text) {
    if (is_plain(c, space)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += '\\';
    for (const int shift : {6, 3, 0}) result += static_cast<char>('0' + ((byte >> shift) & 7));
  }
  return result;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    if (i + 3 >= text.size()) return std::nullopt;
    unsigned byte = 0;
    for (int digit = 0; digit < 3; ++digit) {
      const char c = text[++i];
      if (c < '0' || c > '7') return std::nullopt;
      byte = byte * 8 + static_cast<unsigned>(c - '0');
    }
    if (byte > 255) return std::nullopt;
    result += static_cast<char>(byte);
  }
  return result;
}

// Words of one record, one after another; ok() is false after the first that is missing or wrong.
class Words {
 public:
  explicit Words(std::string_view rest) : rest_(rest) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

  std::string_view word() {
    if (rest_.empty()) ok_ = false;
    const std::size_t end = rest_.find(' ');
    const std::string_view result = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return result;
  }
  template <class T>
  T number() {
    const auto value = to_i64(word());
    if (!value || *value < 0 || static_cast<std::int64_t>(static_cast<T>(*value)) != *value) ok_ = false;
    return ok_ ? static_cast<T>(*value) : T{};
  }
  std::int64_t signed_number() {
    const auto value = to_i64(word());
    if (!value) ok_ = false;
    return value.value_or(0);
  }
  std::string text(std::string_view escaped) {
    auto value = unescape(escaped);
    if (!value) ok_ = false;
    return value ? std::move(*value) : std::string();
  }
  std::string rest() {
    const std::string_view all = rest_;
    rest_ = {};
    if (all.empty()) ok_ = false;
    return text(all);
  }
  void fail_record() { ok_ = false; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void parse_closed(Words& words, JournalRecord& record) {
  record.uid = Uid(words.number<std::uint32_t>());
  record.modseq = ModSeq(words.number<std::uint64_t>());
  FolderStatus& status = record.status;
  status.messages = words.number<std::uint32_t>();
  status.unseen = words.number<std::uint32_t>();
  status.recent = words.number<std::uint32_t>();
  status.deleted = words.number<std::uint32_t>();
  status.stored_size = words.number<std::uint64_t>();
  record.new_modified = {words.signed_number()};
  record.cur_modified = {words.signed_number()};
  record.settled = words.number<std::uint32_t>() == 1;
}

std::string closed_text(const JournalRecord& record) {
  const FolderStatus& s = record.status;
  std::string text;
  for (const std::uint64_t number : {std::uint64_t{record.uid.value}, record.modseq.value, std::uint64_t{s.messages},
                                     std::uint64_t{s.unseen}, std::uint64_t{s.recent}, std::uint64_t{s.deleted}, s.stored_size}) {
    text += " " + std::to_string(number);
  }
  text += " " + std::to_string(record.new_modified.microseconds) + " " + std::to_string(record.cur_modified.microseconds);
  return text + (record.settled ? " 1" : " 0");
}

void parse_fields(Words& words, JournalRecord& record) {
  using Kind = JournalRecord::Kind;
  if (record.kind == Kind::Closed) return parse_closed(words, record);
  if (record.kind != Kind::Forgotten) record.uid = Uid(words.number<std::uint32_t>());
  if (record.kind == Kind::Mark) return;
  if (record.kind == Kind::UniqueId) {
    record.text = words.rest();
    return;
  }
  record.modseq = ModSeq(words.number<std::uint64_t>());
  if (record.kind == Kind::Message) {
    const std::string_view place = words.word();
    if (place != "n" && place != "c") words.fail_record();
    record.place = place == "n" ? Place::New : Place::Cur;
    record.text = words.rest();
  } else if (record.kind == Kind::Keywords) {
    while (words.ok() && !words.empty()) record.keywords.push_back(words.text(words.word()));
  } else if (record.kind == Kind::Absent) {
    record.since = words.signed_number();
  }
}

std::string body_of(const JournalRecord& record) {
  using Kind = JournalRecord::Kind;
  if (record.kind == Kind::Header) {
    return std::string(kHeader) + " " + std::to_string(journal_version) + " " + std::to_string(record.uid_validity.value) + " " +
           record.text;
  }
  std::string body(1, static_cast<char>(record.kind));
  if (record.kind == Kind::Closed) return body + closed_text(record);
  if (record.kind != Kind::Forgotten) body += " " + std::to_string(record.uid.value);
  if (record.kind == Kind::Mark) return body;
  if (record.kind == Kind::UniqueId) return body + " " + escape(record.text, true);
  body += " " + std::to_string(record.modseq.value);
  if (record.kind == Kind::Message) body += (record.place == Place::New ? " n " : " c ") + escape(record.text, true);
  if (record.kind == Kind::Absent) body += " " + std::to_string(record.since);
  for (const std::string& keyword : record.keywords) body += " " + escape(keyword, false);
  return body;
}

}  // namespace

std::string write_record(const JournalRecord& record) {
  const std::string body = body_of(record);
  return sum_of(body) + " " + body + "\n";
}

std::optional<JournalRecord> parse_record(std::string_view line) {
  if (line.size() < kSumDigits + 2 || line[kSumDigits] != ' ') return std::nullopt;
  const std::string_view body = line.substr(kSumDigits + 1);
  if (line.substr(0, kSumDigits) != sum_of(body)) return std::nullopt;
  Words words(body);
  const std::string_view kind = words.word();
  JournalRecord record;
  if (kind == kHeader) {
    record.kind = JournalRecord::Kind::Header;
    if (words.number<std::uint32_t>() != journal_version) return std::nullopt;
    record.uid_validity = UidValidity(words.number<std::uint32_t>());
    record.text = words.word();
  } else {
    if (kind.size() != 1 || std::string_view("NMKPAEXC").find(kind[0]) == std::string_view::npos) return std::nullopt;
    record.kind = static_cast<JournalRecord::Kind>(kind[0]);
    parse_fields(words, record);
  }
  if (!words.ok() || !words.empty()) return std::nullopt;
  return record;
}

JournalText parse_journal(std::string_view text) {
  JournalText journal;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    auto record = end == std::string_view::npos ? std::nullopt : parse_record(text.substr(0, end));
    if (!record) {
      journal.torn = true;
      break;
    }
    journal.records.push_back(std::move(*record));
    text.remove_prefix(end + 1);
  }
  return journal;
}

std::optional<JournalRecord> parse_last_record(std::string_view tail) {
  if (!tail.ends_with('\n')) return std::nullopt;
  tail.remove_suffix(1);
  const std::size_t begin = tail.rfind('\n');
  return parse_record(begin == std::string_view::npos ? tail : tail.substr(begin + 1));
}

}  // namespace courier::store
