// What is read back from the spool.
#include "store/queue/spool.h"
#include "store/queue/statements.h"

namespace courier::spool {
namespace {

// Ends the run of a statement on every way out: no read stays open.
class Reading {
 public:
  explicit Reading(sqlite::Statement& statement) : statement_(statement) {}
  ~Reading() { statement_.reset(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  sqlite::Statement& statement_;
};

Stored stored_row(const sqlite::Statement& row) {
  return {.number = row.integer(0), .record = std::string(row.text(3)), .due_us = row.integer(1), .state = std::string(row.text(2))};
}

}  // namespace

Result<Spool::Due, std::string> Spool::due(std::int64_t until_us, std::size_t most, const std::set<Number>& skip) {
  // Columns as stored_row() wants them: number, due, state, record.
  sqlite::Statement& select = statements_->due;
  const Reading reading(select);
  Due found;
  select.bind_all();
  while (true) {
    const auto row = select.step();
    if (!row) return fail(row.error().text);
    if (!*row) return found;
    if (skip.contains(select.integer(0))) continue;
    if (found.messages.size() == most || select.integer(1) > until_us) {
      found.next_due_us = select.integer(1);
      return found;
    }
    found.messages.push_back(stored_row(select));
  }
}

Result<std::int64_t, std::string> Spool::make_all_due(std::int64_t now_us) {
  const std::string now = std::to_string(now_us);
  if (const auto done = database_.execute("UPDATE schedule SET due = " + now + " WHERE due > " + now); !done)
    return fail(done.error().text);
  return database_.changes();
}

Result<std::optional<Stored>, std::string> Spool::find(const std::string& id) {
  sqlite::Statement& select = statements_->find;
  const Reading reading(select);
  const auto row = select.first(id);
  if (!row) return fail(row.error().text);
  if (!*row) return std::optional<Stored>{};
  return std::optional(stored_row(select));
}

Result<std::vector<Stored>, std::string> Spool::list(Number after, std::size_t most) {
  sqlite::Statement& select = statements_->list;
  const Reading reading(select);
  select.bind_all(after, most);
  std::vector<Stored> found;
  while (true) {
    const auto row = select.step();
    if (!row) return fail(row.error().text);
    if (!*row) return found;
    found.push_back(stored_row(select));
  }
}

Result<std::int64_t, std::string> Spool::count() {
  const auto messages = database_.integer("SELECT count(*) FROM message");
  if (!messages) return fail(messages.error().text);
  return *messages;
}

Result<StoredBody, std::string> Spool::body(Number number) {
  sqlite::Statement& select = statements_->body;
  const Reading reading(select);
  const auto row = select.first(number);
  if (!row) return fail(row.error().text);
  if (!*row) return fail("message " + std::to_string(number) + " has no body");
  StoredBody body{.bytes = {}, .file = {}, .size = static_cast<std::uint64_t>(select.integer(0))};
  if (select.is_null(1)) {
    body.bytes = select.text(2);
    if (body.bytes.size() != body.size) return fail("the body of message " + std::to_string(number) + " has another size than recorded");
    return body;
  }
  auto file = bodies_.open(std::string(select.text(1)));
  if (!file) return fail(to_string(file.error()));
  const auto size = (*file)->size();
  if (!size || *size < body.size) return fail("the body file of message " + std::to_string(number) + " is shorter than recorded");
  body.file = std::move(*file);
  return body;
}

Result<std::optional<HistoryEntry>, std::string> Spool::history(const std::string& id) {
  sqlite::Statement& select = statements_->history;
  const Reading reading(select);
  const auto row = select.first(id);
  if (!row) return fail(row.error().text);
  if (!*row) return std::optional<HistoryEntry>{};
  return std::optional(HistoryEntry{.ended_us = select.integer(0), .events = std::string(select.text(1))});
}

Result<std::vector<std::size_t>, std::string> Spool::claimed(Number message, const std::vector<std::string>& keys) {
  sqlite::Statement& select = statements_->find_claim;
  const Reading reading(select);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto row = select.first(message, keys[i]);
    if (!row) return fail(row.error().text);
    if (*row) found.push_back(i);
  }
  return found;
}

Result<std::optional<std::int64_t>, std::string> Spool::fact(const std::string& name) {
  sqlite::Statement& select = statements_->get_fact;
  const Reading reading(select);
  const auto row = select.first(name);
  if (!row) return fail(row.error().text);
  return *row ? std::optional(select.integer(0)) : std::nullopt;
}

Result<void, std::string> Spool::set_fact(const std::string& name, std::int64_t value) {
  if (const auto done = statements_->set_fact.run(name, value); !done) return fail(done.error().text);
  return {};
}

}  // namespace courier::spool
