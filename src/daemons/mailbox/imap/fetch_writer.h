// FetchWriter: the answers of a FETCH for some messages, made piece by piece by jobs, one after another, so that neither the messages
// nor the answers are ever in memory as a whole. Messages are taken on the account's strand; a large one's file is read on the pool,
// where it holds up nobody.
//
// While no job runs, the session takes what the last one made, and asks what is next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemons/mailbox/imap/fetch_plan.h"
#include "daemons/mailbox/imap/section_writer.h"
#include "daemons/mailbox/imap/told_structure.h"
#include "store/folder/folder_reader.h"

namespace courier::mailbox {

class FetchWriter {
 public:
  FetchWriter(std::shared_ptr<const FetchPlan> plan, std::vector<FetchMessage> messages);

  enum class Next : std::uint8_t { Folder, File, Done };
  [[nodiscard]] Next next() const { return next_; }
  // Messages so far: answered for, or gone.
  [[nodiscard]] std::size_t told() const { return told_; }
  [[nodiscard]] std::size_t gone() const { return gone_; }

  // What the jobs made: about `piece` bytes, and what is to be remembered. The session takes them; `text` may be given back, empty, with
  // its memory.
  static constexpr std::size_t piece = 256 * 1024;
  std::string text;
  std::vector<store::Computed> learned;

  // --- jobs --- They throw ReadFailed.
  [[nodiscard]] store::StoreResult<void> from_folder(store::FolderReader& reader);
  [[nodiscard]] store::StoreResult<void> from_file();

 private:
  // What is known of the message at at_, beside its bytes.
  struct Facts {
    WallTime internal_date{};
    std::uint64_t wire_size = 0;
    std::optional<ToldStructure> told;            // points into the cache's bytes, or into `bytes`
    std::optional<message::Structure> structure;  // where sections or BODY need it
    std::string bytes;
  };

  [[nodiscard]] const store::Computed* recall(store::FolderReader& reader);
  [[nodiscard]] bool use(const store::Computed* known);
  void recall_structure(store::FolderReader& reader);
  void complete_facts(const store::Computed* known);
  void parse();
  void learn();
  [[nodiscard]] bool write_message();
  void write_item(const FetchPlan::Item& item);
  void begin_section(const FetchPlan::Item& item);
  void write_fields(const FetchPlan::Item& item, const imap::SectionPlace& place);

  const std::shared_ptr<const FetchPlan> plan_;
  const std::vector<FetchMessage> messages_;
  Next next_ = Next::Folder;
  std::size_t at_ = 0, told_ = 0, gone_ = 0;
  // What the cache knows of the messages from known_begin_ to known_end_; of one with another UID nothing.
  std::vector<store::Computed> known_;
  std::size_t known_begin_ = 0, known_end_ = 0;
  // The message at at_.
  store::LoadedMessage loaded_;
  MessageBytes bytes_{loaded_};
  Facts facts_;
  bool begun_ = false;                    // a part of its answer is written
  std::size_t item_ = 0;                  // the item that comes next
  std::optional<SectionWriter> section_;  // of that item, when it is begun
};

}  // namespace courier::mailbox
