// The spool's prepared statements, by name. For the .cc files of this folder.
#pragma once

#include "store/queue/spool.h"

namespace courier::spool {

struct Spool::Statements {
  sqlite::Statement savepoint, release, rollback_to;
  sqlite::Statement add_name, add_key, add_message, add_file, move_body, leave_body, share_body, add_schedule;
  sqlite::Statement set_record, set_schedule;
  sqlite::Statement find_body, drop_message, drop_body, unshare_body, drop_schedule, drop_claims, add_history;
  sqlite::Statement history_before, drop_history, drop_name, drop_key;
  sqlite::Statement add_claim, find_claim;
  sqlite::Statement due, find, list, body, history, get_fact, set_fact;
};

}  // namespace courier::spool
