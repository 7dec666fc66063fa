#include "store/queue/spool.h"

#include "store/queue/salvage.h"
#include "store/queue/schema.h"
#include "store/queue/statements.h"

namespace courier::spool {

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Done: return "done";
    case Verdict::RepeatedId: return "repeated id";
    case Verdict::RepeatedKey: return "repeated key";
    case Verdict::Full: return "full";
    case Verdict::Failed: return "failed";
    case Verdict::Damaged: return "damaged";
  }
  return "unknown";
}

std::size_t Change::weight() const {
  std::size_t bytes = 0;
  for (const Removal& removal : removals) bytes += removal.history.size() + 128;
  for (const Update& change : updates) bytes += change.state.size() + (change.record ? change.record->size() : 0) + 128;
  for (const Addition& addition : additions) bytes += addition.record.size() + (addition.body ? addition.body->size() : 0) + 256;
  return bytes + claims.size() * 64;
}

Spool::Spool(Disk& disk, SpoolOptions options, sqlite::Database database)
    : disk_(disk), options_(std::move(options)), bodies_(disk, options_.folder + "/bodies"), database_(std::move(database)) {}

Spool::~Spool() = default;

Result<std::unique_ptr<Spool>, std::string> Spool::open(Disk& disk, SpoolOptions options, std::int64_t now_us, OpenReport& report) {
  if (const auto made = make_directories(disk, options.folder); !made) return fail(to_string(made.error()));
  const auto space = disk.space(options.folder);
  if (!space) return fail(to_string(space.error()));
  if (space->network) return fail(options.folder + " is on a network file system, where no message is safe: the spool needs a local disk");
  auto database = open_or_salvage(disk, options.folder, now_us, report);
  if (!database) return fail(std::move(database.error()));

  std::unique_ptr<Spool> spool(new Spool(disk, std::move(options), std::move(*database)));
  if (const auto made = spool->bodies_.prepare(); !made) return fail(to_string(made.error()));
  if (const auto prepared = spool->prepare_statements(); !prepared) return fail(prepared.error().text);
  if (const auto recovered = spool->recover_schedule(); !recovered) return fail(recovered.error().text);
  const auto named = spool->named_files();
  if (!named) return fail(named.error().text);
  // Beside a damaged spool the files stay: they may be all that is left of a message.
  if (report.damage.empty()) {
    const auto swept = spool->bodies_.sweep(*named);
    if (!swept) return fail(to_string(swept.error()));
    report.orphans = *swept;
  }
  const auto messages = spool->count();
  if (!messages) return fail(messages.error());
  report.messages = *messages;
  static_cast<void>(spool->below_reserve(now_us));  // free_bytes() is known from the start
  return spool;
}

sqlite::Result<void> Spool::prepare_statements() {
  statements_ = std::make_unique<Statements>();
  Statements& s = *statements_;
  struct Line {
    sqlite::Statement& statement;
    const char* sql;
  };
  const Line lines[] = {
      {s.savepoint, "SAVEPOINT one"},
      {s.release, "RELEASE one"},
      {s.rollback_to, "ROLLBACK TO one"},
      {s.add_name, "INSERT INTO name(id, number) VALUES(?, ?)"},
      {s.add_key, "INSERT INTO unique_key(key, number) VALUES(?, ?)"},
      {s.add_message, "INSERT INTO message(number, body, size, id, record, bytes) VALUES(?, ?, ?, ?, ?, ?)"},
      {s.add_file, "INSERT INTO body(number, links, size, file, bytes) VALUES(?, 1, ?, ?, NULL)"},
      {s.move_body,
       "INSERT INTO body(number, links, size, file, bytes) SELECT number, 1, size, NULL, bytes FROM message WHERE number = ? AND body = 0"},
      {s.leave_body, "UPDATE message SET body = number, bytes = NULL WHERE number = ?"},
      {s.share_body, "UPDATE body SET links = links + 1 WHERE number = ?"},
      {s.add_schedule, "INSERT INTO schedule(number, due, state) VALUES(?, ?, ?)"},
      {s.set_record, "UPDATE message SET record = ?2 WHERE number = ?1"},
      {s.set_schedule, "INSERT OR REPLACE INTO schedule(number, due, state) VALUES(?, ?, ?)"},
      {s.find_body, "SELECT b.number, b.links, b.file FROM message m JOIN body b ON b.number = m.body WHERE m.number = ?"},
      {s.drop_message, "DELETE FROM message WHERE number = ?"},
      {s.drop_body, "DELETE FROM body WHERE number = ?"},
      {s.unshare_body, "UPDATE body SET links = links - 1 WHERE number = ?"},
      {s.drop_schedule, "DELETE FROM schedule WHERE number = ?"},
      {s.drop_claims, "DELETE FROM claim WHERE message = ?"},
      {s.add_history, "INSERT OR REPLACE INTO history(number, ended, id, key, events) VALUES(?, ?, ?, ?, ?)"},
      {s.history_before, "SELECT number, ended, id, key FROM history ORDER BY number LIMIT ?"},
      {s.drop_history, "DELETE FROM history WHERE number <= ?"},
      {s.drop_name, "DELETE FROM name WHERE id = ?"},
      {s.drop_key, "DELETE FROM unique_key WHERE key = ?"},
      {s.add_claim, "INSERT OR IGNORE INTO claim(message, key) VALUES(?, ?)"},
      {s.find_claim, "SELECT 1 FROM claim WHERE message = ? AND key = ?"},
      {s.due, "SELECT s.number, s.due, s.state, m.record FROM schedule s JOIN message m ON m.number = s.number ORDER BY s.due"},
      {s.find,
       "SELECT m.number, ifnull(s.due, 0), ifnull(s.state, x''), m.record FROM name n JOIN message m ON m.number = n.number "
       "LEFT JOIN schedule s ON s.number = m.number WHERE n.id = ?"},
      {s.list,
       "SELECT m.number, ifnull(s.due, 0), ifnull(s.state, x''), m.record FROM message m "
       "LEFT JOIN schedule s ON s.number = m.number WHERE m.number > ? ORDER BY m.number LIMIT ?"},
      {s.body,
       "SELECT ifnull(b.size, m.size), b.file, ifnull(m.bytes, b.bytes) FROM message m LEFT JOIN body b ON b.number = m.body "
       "WHERE m.number = ? AND (m.body = 0 OR b.number IS NOT NULL)"},
      {s.history, "SELECT h.ended, h.events FROM name n JOIN history h ON h.number = n.number WHERE n.id = ?"},
      {s.get_fact, "SELECT value FROM fact WHERE name = ?"},
      {s.set_fact, "INSERT OR REPLACE INTO fact(name, value) VALUES(?, ?)"},
  };
  for (const Line& line : lines) {
    auto prepared = database_.prepare(line.sql);
    if (!prepared) return fail(std::move(prepared.error()));
    line.statement = std::move(*prepared);
  }
  const auto histories = database_.integer("SELECT count(*) FROM history");
  if (!histories) return fail(histories.error());
  history_count_ = *histories;
  const auto last =
      database_.integer("SELECT max(ifnull((SELECT max(number) FROM message), 0), ifnull((SELECT max(number) FROM history), 0))");
  if (!last) return fail(last.error());
  next_number_ = *last + 1;
  return {};
}

// What the daemon had in hand when it stopped is due at once.
sqlite::Result<void> Spool::recover_schedule() {
  return database_.execute(
      "INSERT INTO schedule(number, due, state) SELECT number, 0, x'' FROM message "
      "WHERE number NOT IN (SELECT number FROM schedule)");
}

sqlite::Result<std::set<std::string>> Spool::named_files() {
  auto select = database_.prepare("SELECT file FROM body WHERE file IS NOT NULL");
  if (!select) return fail(std::move(select.error()));
  std::set<std::string> names;
  while (true) {
    const auto row = select->step();
    if (!row) return fail(row.error());
    if (!*row) return names;
    names.emplace(select->text(0));
  }
}

bool Spool::tidy() {
  if (database_.wal_pages() >= checkpoint_pages_at_rest) {
    // What is committed stays so when this fails; it is tried again when there was more to commit.
    return database_.checkpoint().has_value();
  }
  const auto pages = database_.integer("PRAGMA freelist_count");
  // 32 MB of empty pages are kept: they will be filled again.
  if (!pages || *pages < 2048) return false;
  return database_.execute("PRAGMA incremental_vacuum(128)").has_value();
}

}  // namespace courier::spool
