// courier queue ... and courier trace: questions to the running queue.
#include "tools/courier/actions.h"
#include "tools/courier/instance.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

View view_of(std::string_view name) {
  if (name == "queue list") return {.empty = "The queue is empty."};
  if (name == "trace") return {.empty = "Nothing is known of this message."};
  return {};
}

}  // namespace

int ask_queue(const Invocation& invocation) {
  const char* verb = invocation.command->name;
  return print_answer(invocation, ask_instance(invocation, verb, invocation.arguments), view_of(verb));
}

}  // namespace courier::tool
