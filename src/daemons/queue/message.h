// A message as the queue knows it: what was committed with it (Record), how far it is (Progress), and, while it is in
// memory, the two together (Message). Record and Progress are what the spool keeps as opaque bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "contracts/delivery.h"
#include "contracts/submit.h"
#include "runtime/task.h"
#include "store/queue/change.h"

namespace courier::queue {

enum class TargetKind : std::uint8_t {
  Mailbox,  // an account of ours
  Remote,   // another host
  Failed,   // nobody: `reason` has the reply
  Alias,    // a list that was expanded: told as relayed when success was asked for (RFC 3461, section 5.2.7.1)
};

// Where one copy goes. Its number, with the queue id, names the delivery for ever.
struct Target {
  std::uint32_t number = 0;
  std::uint32_t recipient = 0;   // index into the envelope's recipients
  TargetKind kind = TargetKind::Remote;
  std::string address;
  std::string mailbox;           // Mailbox: peer name of the process, as of the expansion
  std::uint8_t notify = 0;
  std::string original;          // ORCPT
  std::string reason;            // Failed: reply text with codes
  template <class V>
  void fields(V& v) {
    v("number", number), v("recipient", recipient), v("kind", kind), v("address", address), v("mailbox", mailbox);
    v("notify", notify), v("original", original), v("reason", reason);
  }
};

// A recipient whose targets are not all known yet.
struct Expansion {
  std::uint32_t recipient = 0;
  std::string cursor;            // directory::Expand goes on from here
  template <class V>
  void fields(V& v) {
    v("recipient", recipient), v("cursor", cursor);
  }
};

struct Record {
  std::uint16_t version = 1;
  submit::Envelope envelope;
  submit::Source source = submit::Source::Mx;
  std::int64_t arrived_us = 0;
  std::uint64_t size = 0;
  bool in_file = false;          // the body is a file of the spool
  bool double_bounce = false;    // tells the postmaster of an undeliverable bounce; never bounces again
  std::string unique_key;
  std::vector<Target> targets;
  std::vector<Expansion> expansions;
  std::uint32_t parts = 0;       // messages split off: "<id>-1" and on
  template <class V>
  void fields(V& v) {
    v("version", version), v("envelope", envelope), v("source", source), v("arrived_us", arrived_us), v("size", size);
    v("in_file", in_file), v("double_bounce", double_bounce), v("unique_key", unique_key), v("targets", targets);
    v("expansions", expansions), v("parts", parts);
  }
};

// What is known of one target beyond "not tried yet".
struct TargetState {
  std::uint32_t number = 0;
  delivery::Outcome outcome = delivery::Outcome::Deferred;
  bool finished = false;
  bool reported = false;         // a DSN told the sender, or none was wanted
  std::string reply, status, remote;
  template <class V>
  void fields(V& v) {
    v("number", number), v("outcome", outcome), v("finished", finished), v("reported", reported), v("reply", reply);
    v("status", status), v("remote", remote);
  }
};

// One step of a message's life, for `courier trace`.
struct Event {
  std::int64_t at_us = 0;
  std::string text;
  template <class V>
  void fields(V& v) {
    v("at_us", at_us), v("text", text);
  }
};

struct Progress {
  std::uint32_t rounds = 0;      // completed
  std::uint32_t late_rounds = 0; // completed after the message's time was over
  bool attempted = false;        // something was handed to a transport
  bool warned = false;
  bool held = false;             // by the administrator
  bool cancelled = false;
  std::string cancel_reason;
  std::vector<TargetState> targets;
  std::vector<Event> events;
  template <class V>
  void fields(V& v) {
    v("rounds", rounds), v("late_rounds", late_rounds), v("attempted", attempted), v("warned", warned), v("held", held);
    v("cancelled", cancelled), v("cancel_reason", cancel_reason), v("targets", targets), v("events", events);
  }

  // Null when nothing is known of it yet.
  [[nodiscard]] const TargetState* find(std::uint32_t number) const;
  TargetState& at(std::uint32_t number);
  // Keeps the first and the latest when there are too many.
  void event(WallTime at, std::string text);
};

struct Message {
  spool::Number number = 0;
  Record record;
  Progress progress;
  std::shared_ptr<const SharedBytes> body;  // null: to be read from the spool
  std::int64_t due_us = 0;                  // as the spool has it, for messages read from there
  // One change of a message is on its way to the disk at a time: each writes the whole progress.
  bool being_written = false;
  std::vector<CellRef> wait_to_write;

  [[nodiscard]] const std::string& id() const { return record.envelope.id; }
  [[nodiscard]] bool finished(const Target& target) const;
  // Every target is known and has its outcome.
  [[nodiscard]] bool all_finished() const;
};
using MessagePtr = std::shared_ptr<Message>;

// Null when the bytes are not a record of a version we know.
[[nodiscard]] MessagePtr read_message(const spool::Stored& stored);

// "example.org" of "ann@example.org", lower case; empty without a domain.
[[nodiscard]] std::string domain_of(std::string_view address);
// The local part as it is, the domain in lower case: equal texts are one address.
[[nodiscard]] std::string address_key(std::string_view address);

}  // namespace courier::queue
