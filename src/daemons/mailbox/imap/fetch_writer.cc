#include "daemons/mailbox/imap/fetch_writer.h"

#include <algorithm>
#include <utility>

#include "wire/message/wire_offsets.h"

namespace courier::mailbox {

namespace {

constexpr std::size_t asked_together = 100;       // of the cache
constexpr std::uint64_t most_loaded = 512 * 1024; // by one job on the account's strand
constexpr std::uint64_t most_whole = 128 * 1024;

}  // namespace

FetchWriter::FetchWriter(std::shared_ptr<const FetchPlan> plan, std::vector<FetchMessage> messages)
    : plan_(std::move(plan)), messages_(std::move(messages)) {
  if (messages_.empty()) next_ = Next::Done;
}

// --- jobs ---

store::StoreResult<void> FetchWriter::from_folder(store::FolderReader& reader) {
  std::uint64_t loaded = 0;
  for (; at_ < messages_.size() && text.size() < piece && loaded < most_loaded; ++at_) {
    const store::Computed* known = recall(reader);
    const bool complete = use(known);
    if (!complete || plan_->bytes) {
      const auto found =
          reader.load(messages_[at_].uid, {.whole = most_whole, .facts_only = !plan_->content(), .dates = !complete}, loaded_);
      if (!found) return fail(found.error());
      if (!*found) {
        ++gone_;
        continue;
      }
      if (loaded_.file) {
        recall_structure(reader);
        next_ = Next::File;
        return {};
      }
      loaded += loaded_.bytes.size();
      complete_facts(known);
    }
    (void)write_message();  // nothing of it is left for later
  }
  if (at_ == messages_.size()) next_ = Next::Done;
  return {};
}

store::StoreResult<void> FetchWriter::from_file() {
  if (!facts_.structure) parse();
  if (!write_message()) return {};
  loaded_.file.reset();
  next_ = ++at_ == messages_.size() ? Next::Done : Next::Folder;
  return {};
}

// --- what is known ---

const store::Computed* FetchWriter::recall(store::FolderReader& reader) {
  if (!plan_->date && !plan_->size && !plan_->structure) return nullptr;
  if (at_ >= known_end_) {
    known_begin_ = at_;
    known_end_ = std::min(at_ + asked_together, messages_.size());
    known_.resize(asked_together);
    std::vector<store::Uid> uids;
    for (std::size_t i = known_begin_; i < known_end_; ++i) uids.push_back(messages_[i].uid);
    reader.computed(uids, [this](std::size_t i, store::Computed& computed) { std::swap(known_[i], computed); });
  }
  const store::Computed& computed = known_[at_ - known_begin_];
  return computed.uid == messages_[at_].uid ? &computed : nullptr;
}

// Takes what the cache knows of the message; false: that is not all that is needed beside its bytes.
bool FetchWriter::use(const store::Computed* known) {
  facts_.told.reset();
  facts_.structure.reset();
  if (!known) return !plan_->date && !plan_->size && !plan_->structure;
  facts_.internal_date = known->internal_date;
  facts_.wire_size = known->wire_size;
  if (!plan_->structure) return true;
  facts_.told = read_told_structure(known->structure);
  if (facts_.told && plan_->parts) {
    facts_.structure = message::decode_structure(facts_.told->encoded);
    if (!facts_.structure) facts_.told.reset();
  }
  return facts_.told.has_value();
}

// Of a large message it spares reading it twice, whatever is asked.
void FetchWriter::recall_structure(store::FolderReader& reader) {
  facts_.internal_date = loaded_.internal_date;
  facts_.told.reset();
  facts_.structure.reset();
  reader.computed({&loaded_.uid, 1}, [this](std::size_t, store::Computed& computed) {
    facts_.bytes = std::move(computed.structure);
    facts_.told = read_told_structure(facts_.bytes);
    if (facts_.told) facts_.structure = message::decode_structure(facts_.told->encoded);
  });
  if (facts_.structure && facts_.structure->stored_size != loaded_.size) facts_.structure.reset();
  if (facts_.structure) facts_.wire_size = facts_.structure->wire_size;
}

// The message is in memory: what the cache did not know, or what is no longer so because another program changed the file.
void FetchWriter::complete_facts(const store::Computed* known) {
  const bool right = known && known->stored_size == loaded_.size;
  if (!known) facts_.internal_date = loaded_.internal_date;
  if (plan_->structure && !(right && facts_.told)) {
    parse();
  } else if (plan_->size && !right) {
    facts_.wire_size = loaded_.size + message::count_lone_lf(loaded_.bytes);
    facts_.bytes.clear();
    learn();
  }
}

void FetchWriter::parse() {
  message::StructureParser parser;
  bytes_.each(0, loaded_.size, [&](std::string_view chunk) {
    parser.write(chunk);
    return true;
  });
  facts_.structure = parser.finish();
  facts_.wire_size = facts_.structure->wire_size;
  facts_.bytes = write_told_structure(*facts_.structure);
  facts_.told = read_told_structure(facts_.bytes);
  learn();
}

void FetchWriter::learn() {
  learned.push_back({.uid = loaded_.uid,
                     .internal_date = facts_.internal_date,
                     .stored_size = loaded_.size,
                     .wire_size = facts_.wire_size,
                     .structure = facts_.bytes});
}

}  // namespace courier::mailbox
