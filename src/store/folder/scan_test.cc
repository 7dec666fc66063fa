// What other programs do to a folder, and what clients are told of it.
#include <algorithm>

#include "store/folder/testing.h"
#include "store/folder/view.h"

namespace courier::store {
namespace {

class ScanTest : public StoreTest {
 protected:
  void fill() {
    open();
    for (const char* name : {"1.a", "2.b", "3.c"}) put(std::string("/m/cur/") + name + ":2,");
    inbox = open();
    ASSERT_EQ(uids(refresh(inbox)), (Numbers{1, 2, 3}));
    loop.advance(seconds(10));
    refresh(inbox);
  }
  FolderPtr inbox;
  ~ScanTest() override { inbox.reset(); }
};

TEST_F(ScanTest, WhatWasRemovedIsGoneOnlyWhenItIsSure) {
  fill();
  ASSERT_TRUE(disk.unlink("/m/cur/2.b:2,"));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 2, 3}));  // the directory changed a moment ago
  EXPECT_TRUE(run(inbox->load({Uid(2)}))->empty());
  loop.advance(seconds(1));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 2, 3}));
  loop.advance(seconds(2));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 3}));
}

TEST_F(ScanTest, AListenerIsToldWithoutAsking) {
  fill();
  struct Counter final : FolderListener {
    void folder_changed() override { ++told; }
    int told = 0;
  } listener;
  inbox->listen(listener);
  ASSERT_TRUE(disk.unlink("/m/cur/2.b:2,"));
  inbox->nudge();
  loop.run_ready();
  EXPECT_EQ(listener.told, 0);
  loop.advance(seconds(4));
  EXPECT_EQ(listener.told, 1);
  EXPECT_EQ(uids(inbox->current()), (Numbers{1, 3}));
  inbox->unlisten(listener);
}

TEST_F(ScanTest, WhatComesBackHasItsUidAndKeywords) {
  fill();
  ASSERT_TRUE(run(inbox->store({Uid(2)}, {.kind = FlagChange::Kind::Add, .flags = {}, .keywords = {"Blue"}})));
  View view(inbox->current());
  ASSERT_TRUE(disk.rename("/m/cur/2.b:2,", "/m/away"));
  refresh(inbox);
  loop.advance(seconds(3));
  const ModSeq before = inbox->current()->highest_modseq();
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 3}));
  EXPECT_EQ(view.advance(inbox->current(), Expunges::Tell).expunged, Numbers{2});
  EXPECT_EQ(**run(inbox->expunged_since(before)), std::vector<Uid>{Uid(2)});
  ASSERT_TRUE(disk.rename("/m/away", "/m/cur/2.b:2,S"));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 2, 3}));
  EXPECT_EQ(inbox->current()->keywords(*inbox->current()->find(Uid(2))), Keywords{"Blue"});
  EXPECT_TRUE((*run(inbox->expunged_since(before)))->empty());
  // A session that was told it went does not see it again; a new one does.
  EXPECT_FALSE(view.advance(inbox->current(), Expunges::Tell).exists_changed);
  EXPECT_EQ(view.size(), 2u);
}

TEST_F(ScanTest, AfterMinutesItIsForgottenAndComesBackAsNew) {
  fill();
  ASSERT_TRUE(disk.rename("/m/cur/2.b:2,", "/m/away"));
  refresh(inbox);
  loop.advance(seconds(3));
  EXPECT_EQ(refresh(inbox)->size(), 2u);
  loop.advance(minutes(11));
  refresh(inbox);
  ASSERT_TRUE(disk.rename("/m/away", "/m/cur/2.b:2,S"));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 3, 4}));
}

TEST_F(ScanTest, FlagsByOtherProgramsAreSeenAndForeignLettersKept) {
  fill();
  const ModSeq before = inbox->current()->highest_modseq();
  ASSERT_TRUE(disk.rename("/m/cur/1.a:2,", "/m/cur/1.a:2,FPa"));
  refresh(inbox);
  EXPECT_TRUE(inbox->current()->at(0).flags.has(Flag::Flagged));
  EXPECT_GT(inbox->current()->at(0).modseq, before);
  ASSERT_TRUE(run(inbox->store({Uid(1)}, {.kind = FlagChange::Kind::Replace, .flags = Flags().add(Flag::Seen), .keywords = {}})));
  const auto all = names("/m/cur");
  EXPECT_TRUE(std::ranges::find(all, "1.a:2,PSa") != all.end());
}

TEST_F(ScanTest, AnotherSizeFieldIsTheSameMessage) {
  fill();
  ASSERT_TRUE(disk.rename("/m/cur/1.a:2,", "/m/cur/1.a,S=18,W=21:2,"));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{1, 2, 3}));
  EXPECT_EQ(inbox->current()->at(0).stored_size, 18u);
}

TEST_F(ScanTest, AnUnchangedFolderIsNotListed) {
  fill();
  // A change that leaves no trace in the directory's time shows whether anybody lists it.
  const WallTime then = disk.facts("/m/cur")->modified;
  disk.set_clock([then] { return then; });
  put("/m/cur/4.d:2,");
  EXPECT_EQ(refresh(inbox)->size(), 3u);
  inbox.reset();
  loop.run_ready();
  EXPECT_EQ(run(the_account()->status(FolderName()))->messages, 3u);
  inbox = open();
  EXPECT_EQ(uids(inbox->current()), (Numbers{1, 2, 3}));
  disk.set_clock([this] { return loop.wall_now(); });
  put("/m/cur/5.e:2,");
  EXPECT_EQ(refresh(inbox)->size(), 5u);
}

TEST_F(ScanTest, TheJournalIsCompactedAndStaysTrue) {
  fill();
  for (int i = 0; i < 600; ++i) {
    const auto kind = i % 2 ? FlagChange::Kind::Add : FlagChange::Kind::Remove;
    ASSERT_TRUE(run(inbox->store({Uid(1), Uid(3)}, {.kind = kind, .flags = Flags().add(Flag::Seen), .keywords = {"Word"}})));
  }
  EXPECT_LT(read_file(disk, "/m/courier-folder")->size(), 80'000u);
  inbox.reset();
  end_store();
  make_store();
  inbox = open();
  EXPECT_EQ(uids(inbox->current()), (Numbers{1, 2, 3}));
  EXPECT_EQ(inbox->current()->keywords(inbox->current()->at(2)), Keywords{"Word"});
}

TEST_F(ScanTest, ADamagedJournalIsKeptAsideAndUidValidityRises) {
  fill();
  const UidValidity before = inbox->current()->uid_validity();
  inbox.reset();
  end_store();
  ASSERT_TRUE((*disk.open("/m/courier-folder", OpenMode::ReadWrite))->write_at(0, "garbage"));
  make_store();
  inbox = open();
  EXPECT_GT(inbox->current()->uid_validity(), before);
  EXPECT_TRUE(exists(disk, "/m/courier-folder.broken"));
}

class AccountTest : public StoreTest {};

TEST_F(AccountTest, ListsFoldersWithTheirParents) {
  for (const char* name : {"Work.2024", "Archive"}) ASSERT_TRUE(run(the_account()->create(*FolderName::parse(name))));
  put("/m/new/1.a");
  const auto list = run(the_account()->list()).value();
  ASSERT_EQ(list.size(), 4u);
  EXPECT_TRUE(list[0].name.is_inbox());
  EXPECT_TRUE(list[0].marked);
  EXPECT_TRUE(list[0].has_children);
  EXPECT_EQ(list[1].name.path(), "Archive");
  EXPECT_FALSE(list[1].has_children);
  EXPECT_EQ(list[2].name.path(), "Work");
  EXPECT_FALSE(list[2].selectable);
  EXPECT_TRUE(list[2].has_children);
  EXPECT_EQ(list[3].name.path(), "Work.2024");
  EXPECT_EQ(run(the_account()->create(*FolderName::parse("Archive"))).error().fault, StoreFault::Exists);
}

TEST_F(AccountTest, RenamingKeepsUidsAndEndsOpenFolders) {
  ASSERT_TRUE(run(the_account()->create(*FolderName::parse("a"))));
  ASSERT_TRUE(run(the_account()->create(*FolderName::parse("a.b"))));
  FolderPtr old = open("a.b");
  ASSERT_TRUE(append(old, "x", {}, {"Word"}));
  const FolderStatus before = old->current()->status();
  ASSERT_TRUE(run(the_account()->rename(*FolderName::parse("a"), *FolderName::parse("z"))));
  EXPECT_TRUE(old->deleted());
  EXPECT_EQ(run(old->refresh(Access::Select)).error().fault, StoreFault::NotFound);
  const FolderPtr now = open("z.b");
  EXPECT_EQ(now->current()->status(), before);
  EXPECT_EQ(now->current()->keywords(now->current()->at(0)), Keywords{"Word"});
  EXPECT_EQ(run(the_account()->rename(*FolderName::parse("gone"), *FolderName::parse("y"))).error().fault, StoreFault::NotFound);
  EXPECT_EQ(run(the_account()->rename(*FolderName::parse("z"), *FolderName::parse("z.y"))).error().fault, StoreFault::InvalidName);
}

TEST_F(AccountTest, RenamingTheInboxMovesItsMessages) {
  const FolderPtr inbox = open();
  ASSERT_TRUE(append(inbox, "x"));
  ASSERT_TRUE(run(the_account()->rename(FolderName(), *FolderName::parse("Old"))));
  EXPECT_EQ(inbox->current()->size(), 0u);
  EXPECT_EQ(open("Old")->current()->size(), 1u);
}

TEST_F(AccountTest, ADeletedAndRecreatedFolderHasAnotherUidValidity) {
  ASSERT_TRUE(run(the_account()->create(*FolderName::parse("a"))));
  const FolderPtr old = open("a");
  const UidValidity before = old->current()->uid_validity();
  ASSERT_TRUE(run(the_account()->remove(*FolderName::parse("a"))));
  EXPECT_TRUE(old->deleted());
  EXPECT_EQ(run(the_account()->remove(*FolderName::parse("a"))).error().fault, StoreFault::NotFound);
  EXPECT_EQ(run(the_account()->remove(FolderName())).error().fault, StoreFault::InvalidName);
  ASSERT_TRUE(run(the_account()->create(*FolderName::parse("a"))));
  EXPECT_GT(open("a")->current()->uid_validity(), before);
}

TEST_F(AccountTest, StatusOfAFolderNobodyHasOpen) {
  ASSERT_TRUE(run(the_account()->create(*FolderName::parse("a"))));
  put("/m/.a/new/1.x,S=17");
  put("/m/.a/cur/2.y,S=17:2,S");
  for (int round = 0; round < 3; ++round) {
    const FolderStatus status = run(the_account()->status(*FolderName::parse("a"))).value();
    EXPECT_EQ(status.messages, 2u);
    EXPECT_EQ(status.unseen, 1u);
    EXPECT_EQ(status.recent, 1u);
    EXPECT_EQ(status.uid_next, Uid(3));
    EXPECT_EQ(status.stored_size, 34u);
    loop.advance(seconds(5));
  }
  EXPECT_EQ(names("/m/.a/new").size(), 1u);
  EXPECT_EQ(run(the_account()->status(*FolderName::parse("b"))).error().fault, StoreFault::NotFound);
}

TEST_F(AccountTest, Subscriptions) {
  ASSERT_TRUE(run(the_account()->subscribe(*FolderName::parse("a"), true)));
  ASSERT_TRUE(run(the_account()->subscribe(FolderName(), true)));
  EXPECT_EQ(run(the_account()->subscriptions()).value(), (std::vector<FolderName>{FolderName(), *FolderName::parse("a")}));
  ASSERT_TRUE(run(the_account()->subscribe(FolderName(), false)));
  EXPECT_EQ(run(the_account()->subscriptions())->size(), 1u);
}

}  // namespace
}  // namespace courier::store
