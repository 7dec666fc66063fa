// The administrator's questions to the queue (control::Ask). Answers are JSON; times are RFC 3339 texts. Status: 0; 64 for a
// verb or argument that is none; 66 when there is no such message; 74 when the disk failed.
//
//   queue list [after=N] [limit=N]   {"messages":[M ...],"next":N}   next: pass as after= for more; 0: that was all. limit is at most 1000.
//   queue show ID                    M with "events":[{"at","text"} ...]
//        M: {"number","id","sender","source","size","arrived","due","state","recipients":[{"address","state","reply","remote"} ...]}
//        state of a message: "active" (an attempt is under way), "waiting", "held", "scheduled" (the sender asked for a later time)
//        state of a recipient: "waiting", "deferred", "delivered", "relayed", "failed"; a list not yet expanded is one "waiting"
//   queue retry ID | all             {"messages":N}    due now; the schedule goes on from there
//   queue hold ID | queue release ID {"messages":1}    no attempts until released
//   queue cancel ID [REASON]         {"in_time":bool}  what is not delivered yet fails with REASON and is reported to the sender as usual;
//                                                      in_time: nothing had been tried and nothing will be
//   trace ID                         {"id","state":"queued"|"left","ended","events":[{"at","text"} ...]}
//   status                           {"messages","active","running_local","running_remote","waiting_for_disk","free_bytes"}
#pragma once

#include <string>
#include <vector>

#include "daemons/queue/parts.h"
#include "daemons/queue/rounds.h"
#include "runtime/control.h"

namespace courier::queue {

class Admin {
 public:
  Admin(Parts& parts, Rounds& rounds) : parts_(parts), rounds_(rounds) {}

  [[nodiscard]] Task<control::Answer> ask(control::Ask question);
  [[nodiscard]] Task<> set_options(spool::SpoolOptions options);

 private:
  using Arguments = std::vector<std::string>;
  [[nodiscard]] Task<control::Answer> list(Arguments arguments);
  [[nodiscard]] Task<control::Answer> show(Arguments arguments);
  [[nodiscard]] Task<control::Answer> retry(Arguments arguments);
  [[nodiscard]] Task<control::Answer> hold(Arguments arguments);
  [[nodiscard]] Task<control::Answer> release(Arguments arguments);
  [[nodiscard]] Task<control::Answer> cancel(Arguments arguments);
  [[nodiscard]] Task<control::Answer> trace(Arguments arguments);
  [[nodiscard]] Task<control::Answer> status(Arguments arguments);

  enum class Step { Hold, Release, Retry, Cancel };
  [[nodiscard]] Task<control::Answer> change(Step step, Arguments arguments);

  Parts& parts_;
  Rounds& rounds_;
};

}  // namespace courier::queue
