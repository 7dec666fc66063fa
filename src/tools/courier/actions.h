// What the commands do: one function each, in the file of its noun. All return an exit status of sysexits.h.
#pragma once

#include "tools/courier/command.h"

namespace courier::tool {

// sandbox.cc
int sandbox(const Invocation& invocation);
// setup.cc
int setup(const Invocation& invocation);
// life.cc
int start(const Invocation& invocation);
int stop(const Invocation& invocation);  // and drain
int reload(const Invocation& invocation);
int status(const Invocation& invocation);
int limits(const Invocation& invocation);
int metrics(const Invocation& invocation);
int log_reopen(const Invocation& invocation);
int version(const Invocation& invocation);
// explain.cc
int explain(const Invocation& invocation);
// accounts.cc: all verbs of account, domain and alias
int administer_accounts(const Invocation& invocation);
int set_password(const Invocation& invocation);
int add_account(const Invocation& invocation);
// queue.cc
int queue_list(const Invocation& invocation);
int queue_show(const Invocation& invocation);    // and trace
int queue_change(const Invocation& invocation);  // retry, hold, release, cancel
// config.cc
int config_check(const Invocation& invocation);
int config_show(const Invocation& invocation);
int config_explain(const Invocation& invocation);
int config_generate(const Invocation& invocation);
// generate.cc
int generate_man(const Invocation& invocation);
int completion(const Invocation& invocation);

}  // namespace courier::tool
