#include "settings/queue.h"

namespace courier {
namespace {

void visit_schedule(SettingVisitor& v, QueueSettings& s) {
  v.duration(
      {.key = "lifetime",
       .help = "How long a message is tried before it goes back to its sender. For a site whose peers are often unreachable: longer.",
       .min = 3600,
       .max = 30 * 86400},
      s.lifetime);
  v.duration(
      {.key = "warn_after", .help = "A sender is told that a message is delayed after this time; 0: never.", .min = 0, .max = 30 * 86400},
      s.warn_after);
  v.duration({.key = "retry_short", .help = "Between the attempts of one group.", .min = 1, .max = 86400}, s.retry_short);
  v.number({.key = "retry_group",
            .help = "Attempts in a group; after each group the wait is retry_long, then twice as long, and so on.",
            .unit = "attempts",
            .min = 1,
            .max = 100},
           s.retry_group);
  v.duration({.key = "retry_long", .help = "After the first group of attempts it is this, doubled.", .min = 1, .max = 86400}, s.retry_long);
  v.number(
      {.key = "retry_doublings",
       .help =
           "How often the wait between groups is doubled at most. With the defaults: 5, 5, 30, 5, 5, 60, 5, 5, 120, 5, 5, 120 ... minutes.",
       .unit = "times",
       .min = 0,
       .max = 16},
      s.retry_doublings);
  v.duration({.key = "first_delay",
              .help = "Before the first attempt of every message. For a filter that wants time to cancel duplicates.",
              .min = 0,
              .max = 86400},
             s.first_delay);
}

void visit_reports(SettingVisitor& v, QueueSettings& s) {
  v.text({.key = "postmaster", .help = "Who gets bounces that cannot be delivered. Without a domain: at this host's name."}, s.postmaster);
  v.text({.key = "dsn_from",
          .help = "The From: of delivery status notifications; empty: \"Courier mail server at HOST\" with the postmaster's address."},
         s.dsn_from);
  v.size({.key = "dsn_limit",
          .help = "Messages up to this size are returned whole in a failure notification, longer ones with their header only.",
          .min = 0,
          .max = 10 << 20},
         s.dsn_limit);
}

void visit_room(SettingVisitor& v, QueueSettings& s) {
  v.size(
      {.key = "reserve",
       .help =
           "New mail is refused (452) when less than this is free on the spool's disk. What is left is for the outcomes of mail already accepted.",
       .min = 1 << 20},
      s.reserve);
  v.size({.key = "memory_bodies",
          .help = "Bodies kept in memory from their arrival to the first attempt. For a server with much memory and slow delivery: more.",
          .min = 0},
         s.memory_bodies);
  v.number({.key = "window_low",
            .help = "With fewer messages in memory than this, waiting ones are read from the spool.",
            .unit = "messages",
            .min = 20,
            .max = 1'000'000},
           s.window_low);
  v.number({.key = "window_high",
            .help = "With this many messages in memory, new ones wait on disk, and submitting becomes slower.",
            .unit = "messages",
            .min = 20,
            .max = 1'000'000},
           s.window_high);
  v.number({.key = "most_waiting",
            .help = "With this many submissions waiting for the disk, further ones are refused for now (451).",
            .unit = "messages",
            .min = 10,
            .max = 1'000'000},
           s.most_waiting);
  v.duration({.key = "slow_intake",
              .help = "How long a submission is held up at most when mail comes faster than it leaves.",
              .min = 0,
              .max = 60},
             s.slow_intake);
}

void visit_limits(SettingVisitor& v, QueueSettings& s) {
  v.number({.key = "local_deliveries", .help = "Deliveries into mailboxes at the same time.", .unit = "attempts", .min = 1, .max = 100'000},
           s.local_deliveries);
  v.number({.key = "local_per_mailbox",
            .help = "The same, for one mailbox process. Many at once share their disk syncs.",
            .unit = "attempts",
            .min = 1,
            .max = 4000},
           s.local_per_mailbox);
  v.duration({.key = "local_timeout", .help = "A delivery into a mailbox is given up for now after this time.", .min = 10, .max = 86400},
             s.local_timeout);
  v.number(
      {.key = "remote_deliveries", .help = "Deliveries to other hosts at the same time.", .unit = "attempts", .min = 1, .max = 100'000},
      s.remote_deliveries);
  v.number({.key = "remote_per_host", .help = "The same, for one destination domain.", .unit = "attempts", .min = 1, .max = 4000},
           s.remote_per_host);
  v.duration({.key = "remote_timeout",
              .help = "A delivery to another host is given up for now after this time; the transport's own time limits are shorter.",
              .min = 60,
              .max = 86400},
             s.remote_timeout);
  v.number({.key = "recipients_per_attempt",
            .help = "Recipients of one message that are delivered together at most.",
            .unit = "recipients",
            .min = 1,
            .max = 10'000},
           s.recipients_per_attempt);
}

}  // namespace

void QueueSettings::visit(SettingVisitor& v) {
  visit_schedule(v, *this);
  visit_reports(v, *this);
  visit_room(v, *this);
  visit_limits(v, *this);
  v.number({.key = "history_messages",
            .help = "Messages that `courier trace` still knows after they have left.",
            .unit = "messages",
            .min = 0,
            .max = 100'000'000},
           history_messages);
  v.duration({.key = "history_time", .help = "How long it knows them.", .min = 0, .max = 365 * 86400}, history_time);
}

}  // namespace courier
