#include "store/folder/view.h"

#include <gtest/gtest.h>

#include <random>

namespace courier::store {
namespace {

SnapshotBuilder::Facts facts(std::uint32_t uid_next = 1000) {
  const auto none = std::make_shared<const Keywords>();
  return {.keyword_sets = {none, std::make_shared<const Keywords>(Keywords{"Work"})},
          .known_keywords = std::make_shared<const Keywords>(Keywords{"Work"}),
          .uid_validity = UidValidity(7),
          .uid_next = Uid(uid_next),
          .highest_modseq = ModSeq(99),
          .id = "f1"};
}

Message message(std::uint32_t uid, std::uint64_t modseq = 1, std::uint8_t flags = 0) {
  Message result;
  result.uid = Uid(uid);
  result.modseq = ModSeq(modseq);
  result.flags = Flags{flags};
  return result;
}

std::vector<Message> range(std::uint32_t from, std::uint32_t to) {
  std::vector<Message> messages;
  for (std::uint32_t uid = from; uid <= to; ++uid) messages.push_back(message(uid));
  return messages;
}

SnapshotPtr snapshot(const std::vector<Message>& messages, const SnapshotPtr& before = nullptr) {
  return SnapshotBuilder::build(messages, facts(), before.get());
}

using Numbers = std::vector<std::uint32_t>;

TEST(Snapshot, FindsMessages) {
  std::vector<Message> messages = range(1, 1000);
  std::erase_if(messages, [](const Message& m) { return m.uid.value % 3 == 0; });
  const SnapshotPtr s = snapshot(messages);
  ASSERT_EQ(s->size(), messages.size());
  for (std::uint32_t i = 0; i < messages.size(); ++i) {
    EXPECT_EQ(s->at(i), messages[i]);
    EXPECT_EQ(s->lower_bound(messages[i].uid), i);
  }
  EXPECT_EQ(s->find(Uid(3)), nullptr);
  EXPECT_EQ(s->find(Uid(1)), &s->at(0));
  EXPECT_EQ(s->lower_bound(Uid(3)), s->lower_bound(Uid(4)));
  EXPECT_EQ(s->lower_bound(Uid(2000)), s->size());
  EXPECT_EQ(snapshot({})->lower_bound(Uid(1)), 0u);
}

TEST(Snapshot, CountsItsStatus) {
  std::vector<Message> messages = range(1, 4);
  messages[0].flags.add(Flag::Seen);
  messages[1].flags.add(Flag::Deleted);
  messages[2].fresh = true;
  messages[3].stored_size = 10;
  const FolderStatus status = snapshot(messages)->status();
  EXPECT_EQ(status.messages, 4u);
  EXPECT_EQ(status.unseen, 3u);
  EXPECT_EQ(status.deleted, 1u);
  EXPECT_EQ(status.recent, 1u);
  EXPECT_EQ(status.stored_size, 10u);
  EXPECT_EQ(status.id, "f1");
}

TEST(Snapshot, SharesWhatDidNotChange) {
  std::vector<Message> messages = range(1, 1000);
  const SnapshotPtr first = snapshot(messages);
  messages[500].flags.add(Flag::Seen);
  messages.push_back(message(1001));
  const SnapshotPtr second = snapshot(messages, first);
  messages.erase(messages.begin());
  const SnapshotPtr third = snapshot(messages, second);
  ASSERT_EQ(third->size(), 1000u);
  // Addresses tell whether a message lies in a shared chunk.
  EXPECT_EQ(&first->at(300), &second->at(300));
  EXPECT_NE(&first->at(500), &second->at(500));
  EXPECT_EQ(&second->at(300), &third->at(299));
  EXPECT_EQ(&second->at(900), &third->at(899));
  for (std::uint32_t i = 0; i < third->size(); ++i) EXPECT_EQ(third->at(i), messages[i]);
}

TEST(Snapshot, ManySmallAdditionsMakeFullChunks) {
  std::vector<Message> messages;
  SnapshotPtr last = snapshot(messages);
  for (std::uint32_t uid = 1; uid <= 600; ++uid) {
    messages.push_back(message(uid));
    last = snapshot(messages, last);
  }
  const SnapshotPtr fresh = snapshot(messages, last);
  for (std::uint32_t i = 0; i + 128 < 600; i += 128) EXPECT_EQ(&last->at(i) + 127, &last->at(i + 127));
  EXPECT_EQ(&fresh->at(0), &last->at(0));
}

TEST(View, TellsNewMessagesAndFlags) {
  const SnapshotPtr a = snapshot(range(1, 3));
  View view(a);
  EXPECT_TRUE(view.is_current(a));
  EXPECT_TRUE(view.advance(a, Expunges::Tell).empty());
  auto messages = range(1, 4);
  messages[1] = message(2, 5, 8);
  const ViewChanges changes = view.advance(snapshot(messages, a), Expunges::Tell);
  EXPECT_TRUE(changes.exists_changed);
  EXPECT_EQ(changes.changed, Numbers{2});
  EXPECT_TRUE(changes.expunged.empty());
  EXPECT_EQ(view.size(), 4u);
  EXPECT_TRUE(view.at(2).flags.has(Flag::Seen));
}

TEST(View, ExpungesAreNumberedAsTheyAreTold) {
  View view(snapshot(range(1, 6)));
  const ViewChanges changes = view.advance(snapshot({message(1), message(3, 9), message(6)}), Expunges::Tell);
  EXPECT_EQ(changes.expunged, (Numbers{2, 3, 3}));  // 2, then 4 and 5 as they stand after it
  EXPECT_EQ(changes.expunged_uids, (std::vector<Uid>{Uid(2), Uid(4), Uid(5)}));
  EXPECT_EQ(changes.changed, Numbers{2});           // numbered after the expunges
  EXPECT_FALSE(changes.exists_changed);
  EXPECT_EQ(view.sequence(Uid(6)), 3u);
  EXPECT_EQ(view.sequence(Uid(2)), 0u);
}

TEST(View, NumbersStandStillWhileExpungesWait) {
  View view(snapshot(range(1, 4)));
  const SnapshotPtr newer = snapshot({message(2), message(4, 7, 8), message(5)});
  ViewChanges changes = view.advance(newer, Expunges::Keep);
  EXPECT_TRUE(changes.expunged.empty());
  EXPECT_EQ(changes.changed, Numbers{4});
  EXPECT_TRUE(changes.exists_changed);
  EXPECT_EQ(view.size(), 5u);
  EXPECT_EQ(view.sequence(Uid(3)), 3u);
  EXPECT_FALSE(view.is_current(newer));
  changes = view.advance(newer, Expunges::Tell);
  EXPECT_EQ(changes.expunged, (Numbers{1, 2}));
  EXPECT_FALSE(changes.exists_changed);
  EXPECT_TRUE(changes.changed.empty());
  EXPECT_EQ(view.size(), 3u);
  EXPECT_TRUE(view.is_current(newer));
}

TEST(View, WhatCameBackStaysHidden) {
  View view(snapshot(range(1, 3)));
  EXPECT_EQ(view.advance(snapshot({message(1), message(3)}), Expunges::Tell).expunged, Numbers{2});
  const SnapshotPtr back = snapshot(range(1, 4));
  const ViewChanges changes = view.advance(back, Expunges::Tell);
  EXPECT_TRUE(changes.expunged.empty());
  EXPECT_TRUE(changes.exists_changed);
  EXPECT_EQ(view.size(), 3u);   // 1, 3 and 4
  EXPECT_EQ(view.sequence(Uid(2)), 0u);
  EXPECT_TRUE(view.is_current(back));
  // The last message as well: its UID is not higher than any that was told.
  View other(snapshot(range(1, 2)));
  EXPECT_EQ(other.advance(snapshot(range(1, 1)), Expunges::Tell).expunged, Numbers{2});
  EXPECT_FALSE(other.advance(snapshot(range(1, 2)), Expunges::Tell).exists_changed);
  EXPECT_EQ(other.size(), 1u);
}

// A client that applies what it is told to its own list must hold what the view holds, whatever happened.
TEST(View, AClientThatFollowsHoldsTheSame) {
  std::mt19937 random(7);
  std::vector<Message> messages = range(1, 300);
  std::uint32_t next = 301;
  std::uint64_t modseq = 1000;
  SnapshotPtr current = snapshot(messages);
  View view(current);
  std::vector<Message> client = messages;
  for (int round = 0; round < 300; ++round) {
    for (unsigned change = random() % 6; change > 0; --change) {
      const std::size_t at = messages.empty() ? 0 : random() % messages.size();
      const unsigned kind = random() % 3;
      if (kind == 0) messages.push_back(message(next++, ++modseq));
      if (kind == 1 && !messages.empty()) messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(at));
      if (kind == 2 && !messages.empty())
        messages[at] = message(messages[at].uid.value, ++modseq, static_cast<std::uint8_t>(random() % 32));
    }
    current = snapshot(messages, current);
    const bool tell = random() % 3 == 0;
    const ViewChanges changes = view.advance(current, tell ? Expunges::Tell : Expunges::Keep);
    ASSERT_TRUE(tell || changes.expunged.empty());
    for (const std::uint32_t number : changes.expunged) client.erase(client.begin() + number - 1);
    if (changes.exists_changed) {
      for (std::uint32_t i = static_cast<std::uint32_t>(client.size()) + 1; i <= view.size(); ++i) client.push_back(view.at(i));
    }
    for (const std::uint32_t number : changes.changed) client[number - 1] = view.at(number);
    ASSERT_EQ(client.size(), view.size());
    for (std::uint32_t i = 0; i < client.size(); ++i) ASSERT_EQ(client[i], view.at(i + 1)) << i;
    if (tell) ASSERT_EQ(client, messages);
  }
}

}  // namespace
}  // namespace courier::store
