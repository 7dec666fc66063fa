// A folder under crashes at every write boundary: what was told to a client must hold on every disk that may be left.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "store/folder/testing.h"

namespace courier::store {
namespace {

// What clients were told, by any life of the server.
struct Told {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> messages;  // (UIDVALIDITY, UID): subject
  std::set<std::string> kept;                                               // subjects acknowledged and not expunged
  std::map<std::string, Keywords> keywords;                                 // acknowledged, by subject
  std::set<std::string> doubtful;                                           // an operation on them is under way
  std::uint64_t modseq = 0;                                                 // highest
};

class Crash {
 public:
  Crash(Told& told, std::vector<std::string>& faults) : told_(told), faults_(faults) {}

  // Restarts on that disk and compares.
  void check(Disk& disk) {
    ManualLoop loop;
    loop.set_wall(wall_seconds(1'900'000'000));
    const auto pool = make_inline_pool(loop);
    Store store(loop, disk, *pool, nullptr, nullptr, {.host_name = "mx1", .process_id = 9});
    {
      const AccountPtr account = store.account({.address = "ann", .maildir = "/m"});
      std::set<std::string> found;
      std::vector<FolderPtr> folders;
      for (const char* name : {"", "Work"}) {
        auto folder = run_until_done(loop, account->open(*FolderName::parse(name)));
        if (folder) folders.push_back(*folder);
      }
      for (const FolderPtr& folder : folders) look(loop, folder, found);
      for (const std::string& subject : told_.kept) {
        if (!found.contains(subject) && !told_.doubtful.contains(subject)) fault("lost " + subject);
      }
    }
    loop.run_ready();
  }

 private:
  void fault(const std::string& what) { faults_.push_back(what.substr(0, 60)); }

  void look(ManualLoop& loop, const FolderPtr& folder, std::set<std::string>& found) {
    const SnapshotPtr now = folder->current();
    std::vector<Uid> uids;
    for (std::uint32_t i = 0; i < now->size(); ++i) uids.push_back(now->at(i).uid);
    const auto loaded = run_until_done(loop, folder->load(uids));
    if (!loaded) return fault("cannot read " + folder->name().path());
    for (const LoadedMessage& message : *loaded) {
      // "subject N\n" repeated: whole or torn is plain to see.
      const std::string subject = message.bytes.substr(0, message.bytes.find('\n'));
      std::string whole;
      while (whole.size() < 1200) whole += subject + "\n";
      if (message.bytes != whole) fault("torn " + printable(subject, 20));
      const auto place = told_.messages.find({now->uid_validity().value, message.uid.value});
      if (place != told_.messages.end() && place->second != subject)
        fault("one UID names " + place->second + " and " + printable(subject, 20));
      const auto words = told_.keywords.find(subject);
      const Keywords& keywords = now->keywords(*now->find(message.uid));
      if (words != told_.keywords.end() && !told_.doubtful.contains(subject) && keywords != words->second) fault("keywords of " + subject);
      if (!found.insert(subject).second && !told_.doubtful.contains(subject)) fault("twice " + subject);
    }
    if (now->highest_modseq().value < told_.modseq && now->size() == told_.kept.size()) fault("modseq fell");
    // What comes next has a UID that was never told.
    if (told_.messages.contains({now->uid_validity().value, now->uid_next().value})) fault("UIDNEXT was told before");
  }

  Told& told_;
  std::vector<std::string>& faults_;
};

std::string body_of(const std::string& subject) {
  std::string body;
  while (body.size() < 1200) body += subject + "\n";
  return body;
}

class CrashTest : public StoreTest {
 protected:
  void tell(const FolderPtr& folder) {
    const SnapshotPtr now = folder->current();
    const auto loaded = run(folder->load([&] {
      std::vector<Uid> uids;
      for (std::uint32_t i = 0; i < now->size(); ++i) uids.push_back(now->at(i).uid);
      return uids;
    }()));
    for (const LoadedMessage& message : *loaded) {
      told.messages[{now->uid_validity().value, message.uid.value}] = message.bytes.substr(0, message.bytes.find('\n'));
    }
    told.modseq = std::max(told.modseq, now->highest_modseq().value);
  }

  void add(const FolderPtr& folder, const std::string& subject, Keywords keywords = {}) {
    told.doubtful = {subject};
    ASSERT_TRUE(append(folder, body_of(subject), {}, keywords));
    told.kept.insert(subject);
    std::ranges::sort(keywords);
    told.keywords[subject] = keywords;
    told.doubtful.clear();
    tell(folder);
  }

  std::string subject_of(const FolderPtr& folder, Uid uid) {
    const auto loaded = run(folder->load({uid}));
    return loaded->empty() ? "" : loaded->at(0).bytes.substr(0, loaded->at(0).bytes.find('\n'));
  }

  // A day in the life of a folder.
  void live() {
    FolderPtr inbox = open();
    ASSERT_TRUE(run(the_account()->create(*FolderName::parse("Work"))));
    FolderPtr work = open("Work");
    for (int i = 0; i < 8; ++i) add(inbox, "first " + std::to_string(i), i % 2 ? Keywords{"Blue", "$Todo"} : Keywords{});
    put("/m/tmp/100.a", body_of("delivered"));
    ASSERT_TRUE((*disk.open("/m/tmp/100.a", OpenMode::ReadWrite))->sync());
    ASSERT_TRUE(disk.rename("/m/tmp/100.a", "/m/new/100.a"));
    ASSERT_TRUE(run(inbox->refresh(Access::Select)));
    tell(inbox);
    told.doubtful = {"first 2"};
    told.keywords.erase("first 2");
    ASSERT_TRUE(run(inbox->store({Uid(3)}, {.kind = FlagChange::Kind::Replace, .flags = Flags().add(Flag::Seen), .keywords = {"Red"}})));
    told.keywords["first 2"] = {"Red"};
    told.doubtful = {"first 0", "first 1"};
    ASSERT_TRUE(run(inbox->remove({Uid(1), Uid(2)})));
    told.kept.erase("first 0");
    told.kept.erase("first 1");
    told.doubtful = {"first 3", "first 0", "first 1"};
    ASSERT_TRUE(run(inbox->move({Uid(4)}, work)));
    told.doubtful = {"first 0", "first 1"};
    tell(work);
    tell(inbox);
    inbox.reset();
    work.reset();
    loop.run_ready();
    inbox = open();
    add(inbox, "second");
    disk.fail_next_sync("courier-folder");
    add(inbox, "third", {"Blue"});
    tell(inbox);
  }

  Told told;
};

std::string list(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& one : std::set<std::string>(faults.begin(), faults.end())) text += one + "\n";
  return text;
}

TEST_F(CrashTest, WhatWasToldHoldsOnEveryDiskThatMayBeLeft) {
  std::vector<std::string> faults;
  disk.set_boundary_hook([&](std::uint64_t boundary) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) Crash(told, faults).check(*disk.survivor(seed < 2 ? seed : boundary * 1000 + seed));
  });
  live();
  disk.set_boundary_hook(nullptr);
  EXPECT_GT(disk.boundaries(), 100u);
  EXPECT_EQ(list(faults), "");
}

TEST_F(CrashTest, TheTestWouldNoticeMissingSyncs) {
  std::vector<std::string> faults;
  disk.ignore_syncs();
  disk.set_boundary_hook([&](std::uint64_t boundary) {
    for (std::uint64_t seed = 2; seed < 4; ++seed) Crash(told, faults).check(*disk.survivor(boundary * 1000 + seed));
  });
  live();
  disk.set_boundary_hook(nullptr);
  EXPECT_NE(list(faults), "");
}

}  // namespace
}  // namespace courier::store
