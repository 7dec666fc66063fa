#include "store/folder/folder.h"

#include <algorithm>

#include "store/folder/folder_reader.h"
#include "store/folder/testing.h"

namespace courier::store {
namespace {

Flags flags(std::initializer_list<Flag> list) {
  Flags result;
  for (const Flag flag : list) result.add(flag);
  return result;
}

class FolderTest : public StoreTest {};

TEST_F(FolderTest, TheInboxIsMadeAndEmpty) {
  const FolderPtr inbox = open();
  EXPECT_EQ(inbox->current()->size(), 0u);
  EXPECT_EQ(inbox->current()->uid_next(), Uid(1));
  EXPECT_GE(inbox->current()->uid_validity().value, loop.wall_now().seconds());
  EXPECT_GT(inbox->current()->highest_modseq().value, 0u);
  EXPECT_EQ(run(the_account()->open(*FolderName::parse("None"))).error().fault, StoreFault::NotFound);
}

TEST_F(FolderTest, DeliveredMessagesGetUidsInArrivalOrder) {
  open();
  put("/m/new/20.b");
  put("/m/new/3.a");
  put("/m/cur/10.c:2,SF");
  const FolderPtr inbox = open();
  const SnapshotPtr now = refresh(inbox);
  ASSERT_EQ(uids(now), (Numbers{1, 2, 3}));
  EXPECT_EQ(now->at(1).flags, flags({Flag::Seen, Flag::Flagged}));
  EXPECT_TRUE(now->at(0).fresh);
  EXPECT_FALSE(now->at(1).fresh);
  EXPECT_EQ(now->uid_next(), Uid(4));
}

TEST_F(FolderTest, SelectTakesNewMessagesAndExamineDoesNot) {
  const FolderPtr inbox = open();
  put("/m/new/1.a,S=17");
  EXPECT_TRUE(run(inbox->refresh(Access::Examine))->recent.empty());
  EXPECT_EQ(names("/m/new").size(), 1u);
  EXPECT_EQ(inbox->current()->status().recent, 1u);
  EXPECT_EQ(run(inbox->refresh(Access::Select))->recent, std::vector<Uid>{Uid(1)});
  EXPECT_EQ(names("/m/cur"), std::vector<std::string>{"1.a,S=17:2,"});
  EXPECT_TRUE(run(inbox->refresh(Access::Select))->recent.empty());
  EXPECT_EQ(inbox->current()->status().recent, 0u);
}

TEST_F(FolderTest, AppendIsThereWithFlagsKeywordsAndDate) {
  const FolderPtr inbox = open();
  std::vector<NewMessage> messages(1);
  messages[0].body = inbox->upload();
  messages[0].flags = flags({Flag::Seen});
  messages[0].keywords = {"Work"};
  messages[0].internal_date = wall_seconds(1'000'000'000);
  ASSERT_TRUE(run(messages[0].body->write("Subject: x\r\n\r")));
  ASSERT_TRUE(run(messages[0].body->write("\nline")));
  const auto appended = run(inbox->append(std::move(messages)));
  ASSERT_TRUE(appended) << appended.error().text;
  EXPECT_EQ(appended->uids, std::vector<Uid>{Uid(1)});
  EXPECT_EQ(appended->uid_validity, inbox->current()->uid_validity());
  const Message& message = inbox->current()->at(0);
  EXPECT_EQ(message.flags, flags({Flag::Seen}));
  EXPECT_EQ(inbox->current()->keywords(message), Keywords{"Work"});
  const auto loaded = run(inbox->load({Uid(1), Uid(7)}));
  ASSERT_EQ(loaded->size(), 1u);
  EXPECT_EQ(loaded->at(0).bytes, "Subject: x\n\nline\n");
  EXPECT_EQ(loaded->at(0).internal_date, wall_seconds(1'000'000'000));
  EXPECT_TRUE(names("/m/cur")[0].ends_with(",S=17,W=20:2,S")) << names("/m/cur")[0];
  EXPECT_TRUE(names("/m/tmp").empty());
  EXPECT_EQ(uids(refresh(inbox)), Numbers{1});
}

TEST_F(FolderTest, LargeUploadsGoThroughAFileAndAbandonedOnesVanish) {
  const FolderPtr inbox = open();
  const std::string content(200'000, 'x');
  ASSERT_TRUE(append(inbox, content));
  const auto loaded = run(inbox->load({Uid(1)}, {.whole = 1000}));
  ASSERT_TRUE(loaded->at(0).file);
  EXPECT_EQ(loaded->at(0).size, content.size() + 1);
  auto upload = inbox->upload();
  ASSERT_TRUE(run(upload->write(content)));
  EXPECT_EQ(upload->size(), content.size());
  EXPECT_EQ(names("/m/tmp").size(), 1u);
  upload.reset();
  loop.run_ready();
  EXPECT_TRUE(names("/m/tmp").empty());
}

TEST_F(FolderTest, LoadStopsWhenEnoughIsRead) {
  const FolderPtr inbox = open();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append(inbox, std::string(100, 'x')));
  EXPECT_EQ(run(inbox->load({Uid(1), Uid(2), Uid(3)}, {.whole = 1000, .together = 150}))->size(), 2u);
  const auto facts = run(inbox->load({Uid(3)}, {.facts_only = true}));
  EXPECT_EQ(facts->at(0).size, 101u);
  EXPECT_FALSE(facts->at(0).has_bytes);
}

// The size in a name is what somebody wrote there.
TEST_F(FolderTest, LoadsWhateverSizeTheNameTells) {
  const FolderPtr inbox = open();
  const std::string content(30'000, 'x');
  for (const char* size : {"", ",S=30000", ",S=0", ",S=29999", ",S=30001", ",S=7", ",S=99999999"}) {
    put(std::string("/m/cur/") + "1.a" + size + ":2,", content);
    refresh(inbox);
    const Uid uid = inbox->current()->at(inbox->current()->size() - 1).uid;
    const auto whole = run(inbox->load({uid}));
    ASSERT_EQ(whole->size(), 1u) << size;
    EXPECT_EQ(whole->at(0).bytes, content) << size;
    EXPECT_EQ(whole->at(0).size, content.size()) << size;
    EXPECT_GT(whole->at(0).internal_date, WallTime()) << size;
    const auto large = run(inbox->load({uid}, {.whole = 29'999}));
    EXPECT_TRUE(large->at(0).file) << size;
    EXPECT_EQ(large->at(0).size, content.size()) << size;
    ASSERT_TRUE(run(inbox->remove({uid})));
  }
}

TEST_F(FolderTest, AReadersJobRunsAtOnceAndToItsEnd) {
  const FolderPtr inbox = open();
  ASSERT_TRUE(append(inbox, "one\n"));
  std::string read;
  const auto job = [&read](FolderReader& reader) -> StoreResult<void> {
    LoadedMessage message;
    for (const Uid uid : {Uid(1), Uid(2)}) {
      const auto loaded = reader.load(uid, {}, message);
      if (!loaded) return fail(loaded.error());
      read += *loaded ? message.bytes : "gone";
    }
    return {};
  };
  (void)inbox->read(job);  // nobody waits for it
  loop.run_ready();
  EXPECT_EQ(read, "one\ngone");
}

TEST_F(FolderTest, StoreChangesFlagsAndKeywords) {
  const FolderPtr inbox = open();
  ASSERT_TRUE(append(inbox, "x", flags({Flag::Seen})));
  ASSERT_TRUE(append(inbox, "y"));
  const ModSeq before = inbox->current()->highest_modseq();
  auto stored = run(inbox->store({Uid(2), Uid(1), Uid(9)}, {.kind = FlagChange::Kind::Add, .flags = flags({Flag::Seen}), .keywords = {}}));
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->changed.size(), 1u);   // 1 had it
  EXPECT_EQ(stored->changed[0].uid, Uid(2));
  EXPECT_GT(stored->changed[0].modseq, before);
  EXPECT_EQ(stored->gone, std::vector<Uid>{Uid(9)});
  stored = run(inbox->store({Uid(1)}, {.kind = FlagChange::Kind::Replace, .flags = flags({Flag::Draft}), .keywords = {"a", "B"}}));
  EXPECT_EQ(inbox->current()->at(0).flags, flags({Flag::Draft}));
  EXPECT_EQ(inbox->current()->keywords(inbox->current()->at(0)), (Keywords{"B", "a"}));
  stored = run(inbox->store({Uid(1)}, {.kind = FlagChange::Kind::Remove, .flags = {}, .keywords = {"b"}}));
  EXPECT_EQ(inbox->current()->keywords(inbox->current()->at(0)), Keywords{"a"});
  EXPECT_EQ(inbox->current()->known_keywords(), (Keywords{"a", "B"}));
  // CONDSTORE: changed since, so left alone.
  stored = run(inbox->store({Uid(1)}, {.kind = FlagChange::Kind::Add, .flags = flags({Flag::Seen}), .keywords = {}}, before));
  EXPECT_EQ(stored->modified, std::vector<Uid>{Uid(1)});
  EXPECT_FALSE(inbox->current()->at(0).flags.has(Flag::Seen));
}

TEST_F(FolderTest, AMessageThatWasRenamedMeanwhileIsFound) {
  const FolderPtr inbox = open();
  put("/m/cur/1.a:2,P");
  refresh(inbox);
  ASSERT_TRUE(disk.rename("/m/cur/1.a:2,P", "/m/cur/1.a:2,PS"));
  EXPECT_EQ(run(inbox->load({Uid(1)}))->size(), 1u);
  ASSERT_TRUE(disk.rename("/m/cur/1.a:2,PS", "/m/cur/1.a:2,FPS"));
  ASSERT_TRUE(run(inbox->store({Uid(1)}, {.kind = FlagChange::Kind::Add, .flags = flags({Flag::Answered}), .keywords = {}})));
  EXPECT_EQ(names("/m/cur"), std::vector<std::string>{"1.a:2,FPRS"});
}

TEST_F(FolderTest, ExpungeRemovesWhatIsMarked) {
  const FolderPtr inbox = open();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(append(inbox, "x", i < 3 ? flags({Flag::Deleted}) : Flags()));
  const ModSeq before = inbox->current()->highest_modseq();
  EXPECT_EQ(run(inbox->expunge(std::vector<Uid>{Uid(2), Uid(4)})).value(), std::vector<Uid>{Uid(2)});
  EXPECT_EQ(run(inbox->expunge()).value(), (std::vector<Uid>{Uid(1), Uid(3)}));
  EXPECT_EQ(uids(inbox->current()), Numbers{4});
  EXPECT_EQ(names("/m/cur").size(), 1u);
  EXPECT_EQ(**run(inbox->expunged_since(before)), (std::vector<Uid>{Uid(1), Uid(2), Uid(3)}));
  EXPECT_FALSE(run(inbox->expunged_since(ModSeq(0)))->has_value());
  EXPECT_EQ(run(inbox->remove({Uid(4)})).value(), std::vector<Uid>{Uid(4)});
  EXPECT_EQ(inbox->current()->size(), 0u);
}

TEST_F(FolderTest, CopyAndMoveKeepEverything) {
  const FolderPtr inbox = open();
  ASSERT_TRUE(run(the_account()->create(*FolderName::parse("Work"))));
  const FolderPtr work = open("Work");
  ASSERT_TRUE(append(inbox, "one", flags({Flag::Seen}), {"Blue"}));
  ASSERT_TRUE(append(inbox, "two"));
  const auto copied = run(inbox->copy({Uid(1), Uid(5)}, work));
  ASSERT_TRUE(copied) << copied.error().text;
  EXPECT_EQ(copied->from, std::vector<Uid>{Uid(1)});
  EXPECT_EQ(copied->to, std::vector<Uid>{Uid(1)});
  EXPECT_EQ(copied->uid_validity, work->current()->uid_validity());
  EXPECT_EQ(work->current()->at(0).flags, flags({Flag::Seen}));
  EXPECT_EQ(work->current()->keywords(work->current()->at(0)), Keywords{"Blue"});
  EXPECT_EQ(run(work->load({Uid(1)}))->at(0).bytes, "one\n");
  const auto moved = run(inbox->move({Uid(2)}, work));
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->to, std::vector<Uid>{Uid(2)});
  EXPECT_EQ(uids(inbox->current()), Numbers{1});
  EXPECT_EQ(uids(refresh(work)), (Numbers{1, 2}));
  EXPECT_EQ(run(work->load({Uid(2)}))->at(0).bytes, "two\n");
}

TEST_F(FolderTest, ListenersAreToldOfOthersChanges) {
  const FolderPtr inbox = open();
  struct Counter final : FolderListener {
    void folder_changed() override { ++told; }
    int told = 0;
  } listener;
  inbox->listen(listener);
  ASSERT_TRUE(append(inbox, "x"));
  loop.run_ready();
  EXPECT_EQ(listener.told, 1);
  put("/m/new/1.a");
  the_account()->nudge(FolderName());
  loop.run_ready();
  EXPECT_EQ(listener.told, 2);
  EXPECT_EQ(inbox->current()->size(), 2u);
  inbox->unlisten(listener);
}

TEST_F(FolderTest, UidsFlagsAndKeywordsSurviveReopening) {
  FolderPtr inbox = open();
  const UidValidity validity = inbox->current()->uid_validity();
  const std::string id = inbox->current()->status().id;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append(inbox, "x", {}, {"K" + std::to_string(i)}));
  const ModSeq modseq = inbox->current()->highest_modseq();
  inbox.reset();
  loop.run_ready();
  // In the same process, after a polite end.
  inbox = open();
  EXPECT_EQ(uids(inbox->current()), (Numbers{1, 2, 3}));
  EXPECT_EQ(inbox->current()->uid_next(), Uid(4));
  EXPECT_EQ(inbox->current()->highest_modseq(), modseq);
  inbox.reset();
  end_store();
  make_store();
  inbox = open();
  EXPECT_EQ(inbox->current()->uid_validity(), validity);
  EXPECT_EQ(inbox->current()->status().id, id);
  EXPECT_EQ(inbox->current()->keywords(inbox->current()->at(2)), Keywords{"K2"});
  ASSERT_TRUE(append(inbox, "y"));
  EXPECT_EQ(uids(inbox->current()), (Numbers{1, 2, 3, 4}));
  EXPECT_GT(inbox->current()->at(3).modseq, modseq);
}

TEST_F(FolderTest, AfterAnUncleanEndUidsGoOnFromTheMark) {
  const FolderPtr inbox = open();
  ASSERT_TRUE(append(inbox, "x"));
  // The machine goes down now; everything that was written survives.
  const auto after = disk.survivor(1);
  Store restarted(loop, *after, *pool, nullptr, nullptr, {.host_name = "mx1", .process_id = 8});
  AccountPtr other = restarted.account({.address = "ann@example.test", .maildir = "/m"});
  FolderPtr again = run(other->open(FolderName())).value();
  EXPECT_EQ(uids(again->current()), Numbers{1});
  EXPECT_GE(again->current()->uid_next().value, 1001u);
  EXPECT_EQ(again->current()->uid_validity(), inbox->current()->uid_validity());
  again.reset();
  other.reset();
  loop.run_ready();
}

TEST_F(FolderTest, QuotaHoldsForAppendCopyAndUndelete) {
  quota = 250;
  const FolderPtr inbox = open();
  ASSERT_TRUE(append(inbox, std::string(100, 'x')));
  ASSERT_TRUE(append(inbox, std::string(100, 'x')));
  EXPECT_EQ(append(inbox, std::string(100, 'x')).error().fault, StoreFault::OverQuota);
  EXPECT_EQ(inbox->current()->size(), 2u);
  EXPECT_EQ(run(inbox->copy({Uid(1)}, inbox)).error().fault, StoreFault::OverQuota);
  const FlagChange mark{.kind = FlagChange::Kind::Add, .flags = flags({Flag::Deleted}), .keywords = {}};
  ASSERT_TRUE(run(inbox->store({Uid(1)}, mark)));
  EXPECT_EQ(run(the_account()->quota())->bytes, 101u);
  ASSERT_TRUE(append(inbox, std::string(100, 'x')));
  const FlagChange unmark{.kind = FlagChange::Kind::Remove, .flags = flags({Flag::Deleted}), .keywords = {}};
  EXPECT_EQ(run(inbox->store({Uid(1)}, unmark)).error().fault, StoreFault::OverQuota);
  ASSERT_TRUE(run(inbox->expunge()));
  EXPECT_EQ(run(the_account()->quota())->bytes, 202u);
  EXPECT_EQ(run(the_account()->quota())->messages, 2u);
}

TEST_F(FolderTest, AFullDiskFailsAppendAndLeavesNothing) {
  const FolderPtr inbox = open();
  ASSERT_TRUE(append(inbox, "x"));
  disk.set_capacity(disk.used_bytes() + 10);
  std::vector<NewMessage> messages(1);
  messages[0].body = inbox->upload();
  ASSERT_TRUE(run(messages[0].body->write(std::string(1000, 'x'))));
  EXPECT_EQ(run(inbox->append(std::move(messages))).error().fault, StoreFault::NoSpace);
  loop.run_ready();
  EXPECT_TRUE(names("/m/tmp").empty());
  EXPECT_EQ(inbox->current()->size(), 1u);
  disk.set_capacity(1'000'000'000);
  ASSERT_TRUE(append(inbox, "y"));
}

TEST_F(FolderTest, Pop3IdsAreCouriersOrOurs) {
  ASSERT_TRUE(make_maildir(disk, "/m"));
  put("/m/cur/1.a,S=17:2,S");
  put("/m/cur/1.b:2,");
  put("/m/courierpop3dsizelist", "/3 118 1700000000\n1.a,S=17:2,S 17 116:1700000000:0\n");
  FolderPtr inbox = open();
  const std::string validity = std::to_string(inbox->current()->uid_validity().value);
  const std::vector<std::string> expected{"UID116-1700000000", "U2V" + validity};
  EXPECT_EQ(run(inbox->pop3_unique_ids(inbox->current())).value(), expected);
  inbox.reset();
  end_store();
  make_store();
  inbox = open();
  EXPECT_EQ(run(inbox->pop3_unique_ids(inbox->current())).value(), expected);
}

TEST_F(FolderTest, AdoptsCouriersUidsOnFirstOpening) {
  ASSERT_TRUE(make_maildir(disk, "/m"));
  put("/m/courierimapuiddb", "1 766812345 412\n407 1.a,S=17\n411 2.b\n");
  put("/m/cur/1.a,S=17:2,S");
  put("/m/cur/3.c:2,");
  FolderPtr inbox = open();
  EXPECT_EQ(inbox->current()->uid_validity(), UidValidity(766812345));
  loop.advance(seconds(5));
  EXPECT_EQ(uids(refresh(inbox)), (Numbers{407, 412}));  // 411 is gone
}

}  // namespace
}  // namespace courier::store
