// Changes as transactions.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/check.h"
#include "store/queue/spool.h"
#include "store/queue/schema.h"
#include "store/queue/statements.h"

namespace courier::spool {
namespace {

// How long a figure of the free space is good for, when there is plenty.
constexpr std::int64_t space_known_us = 5'000;
// What a change writes beside its own bytes, more or less: pages of tables and indexes.
constexpr std::uint64_t pages_a_change = 16;

Verdict verdict_of(const sqlite::Error& error) {
  switch (error.fault) {
    case sqlite::Fault::Full: return Verdict::Full;
    case sqlite::Fault::Corrupt: return Verdict::Damaged;
    default: return Verdict::Failed;
  }
}

Receipt failure(const sqlite::Error& error) { return {.verdict = verdict_of(error), .first = 0, .text = error.text}; }

}  // namespace

// The changes of one transaction: indexes into `changes`, and where their receipts go.
struct Spool::Batch {
  std::span<const Change* const> changes;
  std::vector<std::size_t> chosen;
  std::vector<Receipt> receipts;         // one for each of `changes`
  std::vector<std::string> files_gone;   // to be unlinked after the commit
  std::int64_t now_us = 0;
};

std::vector<Receipt> Spool::apply(std::span<const Change* const> changes, std::int64_t now_us) {
  Batch batch{.changes = changes, .chosen = {}, .receipts = std::vector<Receipt>(changes.size()), .files_gone = {}, .now_us = now_us};
  const bool full = below_reserve(now_us);
  for (const bool outcomes : {true, false}) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (changes[i]->is_outcome() != outcomes) continue;
      if (full && !outcomes) {
        batch.receipts[i] = {.verdict = Verdict::Full, .first = 0, .text = "less space is free than the reserve"};
      } else {
        batch.chosen.push_back(i);
      }
    }
  }
  if (auto done = transact(batch); !done) {
    // As a whole it failed: what is known of messages already here is tried once more, in the room that is left.
    for (const std::size_t i : batch.chosen) batch.receipts[i] = failure(done.error());
    std::erase_if(batch.chosen, [&](std::size_t i) { return !changes[i]->is_outcome(); });
    if (!batch.chosen.empty() && done.error().fault != sqlite::Fault::Corrupt) {
      if (auto again = transact(batch); !again) {
        for (const std::size_t i : batch.chosen) batch.receipts[i] = failure(again.error());
      }
    }
  }
  for (const std::string& file : batch.files_gone) bodies_.remove(file);
  if (database_.wal_pages() >= checkpoint_pages) {
    // What is committed stays so when this fails; the next transaction tries again.
    const auto done = database_.checkpoint();
    static_cast<void>(done);
  }
  return std::move(batch.receipts);
}

// Most changes are never refused, and a savepoint has SQLite copy every page that is changed in it: the changes run without first.
// When one of them is refused, all run again, each in a savepoint, so that only the refused one is undone.
sqlite::Result<void> Spool::transact(Batch& batch) {
  auto done = attempt(batch, false);
  if (!done || *done) return done ? sqlite::Result<void>() : fail(std::move(done.error()));
  done = attempt(batch, true);
  if (!done) return fail(std::move(done.error()));
  CHECK(*done);
  return {};
}

// False: a change was refused without savepoints to undo just that; nothing was done.
sqlite::Result<bool> Spool::attempt(Batch& batch, bool with_savepoints) {
  batch.files_gone.clear();
  if (batch.chosen.empty()) return true;
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return fail(std::move(transaction.error()));
  const std::int64_t history_before = history_count_;
  const auto run = [&]() -> sqlite::Result<bool> {
    for (const std::size_t i : batch.chosen) {
      auto receipt =
          with_savepoints ? apply_in_savepoint(*batch.changes[i], batch.files_gone) : apply_one(*batch.changes[i], batch.files_gone);
      if (!receipt) return fail(std::move(receipt.error()));
      if (receipt->verdict != Verdict::Done && !with_savepoints) return false;
      batch.receipts[i] = std::move(*receipt);
    }
    if (auto aged = age_history(batch.now_us, 2 * batch.chosen.size() + 16); !aged) return fail(std::move(aged.error()));
    if (auto ended = transaction->commit(); !ended) return fail(std::move(ended.error()));
    return true;
  };
  auto done = run();
  if (!done || !*done) {
    history_count_ = history_before;
    oldest_ended_us_ = unknown;
    batch.files_gone.clear();
    return done;
  }
  for (const std::size_t i : batch.chosen) committed(*batch.changes[i], batch.receipts[i]);
  return done;
}

// A refusal undoes this change; an error ends the whole transaction.
sqlite::Result<Receipt> Spool::apply_in_savepoint(const Change& change, std::vector<std::string>& files_gone) {
  Statements& s = *statements_;
  if (auto set = s.savepoint.run(); !set) return fail(std::move(set.error()));
  const std::size_t files_before = files_gone.size();
  const std::int64_t history_before = history_count_;
  auto receipt = apply_one(change, files_gone);
  if (!receipt) return receipt;
  if (receipt->verdict != Verdict::Done) {
    if (auto undone = s.rollback_to.run(); !undone) return fail(std::move(undone.error()));
    files_gone.resize(files_before);
    history_count_ = history_before;
  }
  if (auto released = s.release.run(); !released) return fail(std::move(released.error()));
  return receipt;
}

// Stops at the first refusal: what was done until then is the caller's to undo.
sqlite::Result<Receipt> Spool::apply_one(const Change& change, std::vector<std::string>& files_gone) {
  Statements& s = *statements_;
  Receipt receipt{.verdict = Verdict::Done, .first = next_number_, .text = {}};
  for (const Removal& removal : change.removals) {
    if (auto done = remove(removal, files_gone); !done) return fail(std::move(done.error()));
  }
  for (const Update& one : change.updates) {
    if (auto done = update(one); !done) return fail(std::move(done.error()));
  }
  if (!change.claims.empty()) plain_.erase(change.claims_of);
  for (const std::string& claim : change.claims) {
    if (auto done = s.add_claim.run(change.claims_of, claim); !done) return fail(std::move(done.error()));
  }
  for (const Addition& addition : change.additions) {
    auto verdict = add(addition);
    if (!verdict) return fail(std::move(verdict.error()));
    if (*verdict != Verdict::Done) return Receipt{.verdict = *verdict, .first = 0, .text = addition.id};
  }
  return receipt;
}

// What a change was about to add is plain only once it is there; what one touches is not plain any more, also when that is undone.
void Spool::committed(const Change& change, const Receipt& receipt) {
  committed_bytes_ += 2 * (change.weight() + pages_a_change * page_size);  // to the log, and from there to the database
  if (receipt.verdict != Verdict::Done) return;
  Number number = receipt.first;
  for (const Addition& addition : change.additions) {
    if (addition.body && addition.shares_body_of == 0 && !addition.due_us) plain_.insert(number);
    ++number;
  }
}

sqlite::Result<void> Spool::remove(const Removal& removal, std::vector<std::string>& files_gone) {
  Statements& s = *statements_;
  if (plain_.erase(removal.number) == 0) {
    if (auto done = remove_belongings(removal.number, files_gone); !done) return done;
  }
  if (auto done = s.drop_message.run(removal.number); !done) return done;
  if (database_.changes() == 0) return {};  // gone already
  const sqlite::Blob events{removal.history};
  if (auto done = s.add_history.run(removal.number, removal.ended_us, removal.id, removal.unique_key, events); !done) return done;
  ++history_count_;
  return {};
}

sqlite::Result<void> Spool::remove_belongings(Number number, std::vector<std::string>& files_gone) {
  Statements& s = *statements_;
  const auto found = s.find_body.first(number);
  if (!found) return fail(found.error());
  if (*found) {
    const Number body = s.find_body.integer(0);
    const bool last = s.find_body.integer(1) <= 1;
    const std::string file(s.find_body.text(2));
    s.find_body.reset();
    if (auto done = (last ? s.drop_body : s.unshare_body).run(body); !done) return done;
    if (last && !file.empty()) files_gone.push_back(file);
  }
  s.find_body.reset();
  if (auto done = s.drop_schedule.run(number); !done) return done;
  return s.drop_claims.run(number);
}

sqlite::Result<void> Spool::update(const Update& update) {
  Statements& s = *statements_;
  if (update.record) {
    if (auto done = s.set_record.run(update.number, sqlite::Blob{*update.record}); !done) return done;
  }
  if (update.due_us) {
    plain_.erase(update.number);
    if (auto done = s.set_schedule.run(update.number, *update.due_us, sqlite::Blob{update.state}); !done) return done;
  }
  return {};
}

sqlite::Result<Verdict> Spool::add(const Addition& addition) {
  Statements& s = *statements_;
  const Number number = next_number_++;
  const bool in_file = !addition.body && addition.shares_body_of == 0;
  Number body = in_file ? number : 0;
  std::optional<sqlite::Blob> bytes;
  if (addition.shares_body_of != 0) {
    auto shared = share_body(addition.shares_body_of);
    if (!shared) return fail(std::move(shared.error()));
    body = *shared;
  } else if (addition.body) {
    bytes = sqlite::Blob{addition.body->view()};
  }
  if (auto done = s.add_message.run(number, body, addition.body_size, addition.id, sqlite::Blob{addition.record}, bytes); !done) {
    return fail(std::move(done.error()));
  }
  if (auto done = s.add_name.run(addition.id, number); !done) {
    if (done.error().fault == sqlite::Fault::Constraint) return Verdict::RepeatedId;
    return fail(std::move(done.error()));
  }
  if (!addition.unique_key.empty()) {
    if (auto done = s.add_key.run(addition.unique_key, number); !done) {
      if (done.error().fault == sqlite::Fault::Constraint) return Verdict::RepeatedKey;
      return fail(std::move(done.error()));
    }
  }
  if (in_file) {
    if (auto done = s.add_file.run(number, addition.body_size, addition.body_file); !done) return fail(std::move(done.error()));
  }
  if (addition.due_us) {
    if (auto done = s.add_schedule.run(number, *addition.due_us, sqlite::Blob{addition.state}); !done) return fail(std::move(done.error()));
  }
  return Verdict::Done;
}

// One more message uses the body of that one: its row in `body`, where it goes when it was in the message's own row.
sqlite::Result<Number> Spool::share_body(Number message) {
  Statements& s = *statements_;
  plain_.erase(message);
  if (auto done = s.move_body.run(message); !done) return fail(std::move(done.error()));
  if (database_.changes() != 0) {
    if (auto done = s.leave_body.run(message); !done) return fail(std::move(done.error()));
  }
  const auto found = s.find_body.first(message);
  if (!found) return fail(found.error());
  if (!*found) {
    const std::string text = "message " + std::to_string(message) + ", whose body is to be shared, is not there";
    return fail(sqlite::Error{.fault = sqlite::Fault::Corrupt, .code = 0, .text = text});
  }
  const Number body = s.find_body.integer(0);
  s.find_body.reset();
  if (auto done = s.share_body.run(body); !done) return fail(std::move(done.error()));
  return body;
}

// At most `most`: rather more than came with the same transaction, so that none grows long and the history still shrinks.
sqlite::Result<void> Spool::age_history(std::int64_t now_us, std::size_t most) {
  Statements& s = *statements_;
  const std::int64_t too_old_us = now_us - options_.history_us;
  if (history_count_ <= options_.history_messages && oldest_ended_us_ > too_old_us) return {};
  if (history_count_ == 0) return {};
  struct Old {
    std::string id, key;
  };
  std::vector<Old> old;
  Number last = 0;
  oldest_ended_us_ = unknown;
  s.history_before.bind_all(most);
  while (true) {
    const auto row = s.history_before.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    const bool too_many = history_count_ - static_cast<std::int64_t>(old.size()) > options_.history_messages;
    const std::int64_t ended_us = s.history_before.integer(1);
    if (!too_many && ended_us > too_old_us) {
      oldest_ended_us_ = ended_us;
      break;
    }
    last = s.history_before.integer(0);
    old.push_back({std::string(s.history_before.text(2)), std::string(s.history_before.text(3))});
  }
  s.history_before.reset();
  if (old.empty()) return {};
  if (auto done = s.drop_history.run(last); !done) return done;
  for (const Old& one : old) {
    if (auto done = s.drop_name.run(one.id); !done) return done;
    if (one.key.empty()) continue;
    if (auto done = s.drop_key.run(one.key); !done) return done;
  }
  history_count_ -= static_cast<std::int64_t>(old.size());
  return {};
}

// While the last figure leaves twice the reserve, less all that was committed since, the disk is asked again only after some milliseconds,
// in which others may write. An estimate alone refuses nothing.
bool Spool::below_reserve(std::int64_t now_us) {
  const bool recent = std::abs(now_us - space_asked_us_) < space_known_us;
  if (recent && free_bytes_ >= committed_bytes_ && free_bytes_ - committed_bytes_ >= 2 * options_.reserve_bytes) return false;
  const auto space = disk_.space(options_.folder);
  space_asked_us_ = now_us;
  committed_bytes_ = 0;
  // A disk that does not say is asked by writing.
  free_bytes_ = space ? space->free_bytes : options_.reserve_bytes;
  return free_bytes_ < options_.reserve_bytes;
}

}  // namespace courier::spool
