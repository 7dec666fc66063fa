// The local control socket, run_dir/control, for the `courier` command: one line of JSON a request, one a reply.
//
//   {"verb":"queue list","arguments":["--held"]}
//   {"status":0,"result":[...],"error":""}
//
// Verbs: status, processes, reload, stop, drain, metrics, "log reopen", those of the table of roles ("queue list", "account
// add", ...), and "PROCESS VERB" for what one process is asked ("mailbox:v0 status").
//
// `status` is an exit status (0, or one of sysexits.h); `result` is JSON. Only the owner of the instance may connect (the
// socket's mode). A line is at most 1 MiB; a connection that is silent for five minutes is closed.
#pragma once

#include <string>

#include "base/result.h"
#include "runtime/control.h"
#include "runtime/stream.h"
#include "runtime/task.h"

namespace courier {

// The request in a line; the error in words.
[[nodiscard]] Result<control::Ask, std::string> parse_request(std::string_view line);
// One line with its line end. A result that is empty is written as null.
[[nodiscard]] std::string write_answer(const control::Answer& answer);

// Who answers; outlives every session.
class ControlVerbs {
 public:
  virtual ~ControlVerbs() = default;
  [[nodiscard]] virtual Task<control::Answer> answer(control::Ask question) = 0;
};

[[nodiscard]] Task<> control_session(Loop& loop, ControlVerbs& verbs, StreamPtr stream);

}  // namespace courier
