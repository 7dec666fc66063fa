// courier start | stop | drain | reload | status | limits | metrics | log | version
#include <sysexits.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/codec.h"
#include "courier_paths.h"
#include "tools/courier/actions.h"
#include "tools/courier/instance.h"
#include "tools/courier/output.h"

namespace courier::tool {

int start(const Invocation& invocation) {
  if (!instance_settings(invocation)) return EX_CONFIG;
  std::string program = libexec_folder() + "/courierd";
  std::string config = config_path(invocation);
  std::string option = "--config";
  char* const arguments[] = {program.data(), option.data(), config.data(), nullptr};
  ::execv(program.c_str(), arguments);
  return print_error(invocation, EX_OSFILE, program + ": " + std::strerror(errno));
}

int stop(const Invocation& invocation) {
  auto client = connect_instance(invocation);
  if (!client) return print_answer(invocation, client.error());
  const control::Answer answer = client->ask_to_end(invocation.command->name);
  if (answer.status != 0 || invocation.json()) return print_answer(invocation, answer);
  return EX_OK;
}

int reload(const Invocation& invocation) { return print_answer(invocation, ask_instance(invocation, "reload", {})); }

namespace {

// Of a process that answered just now the rest can be asked without waiting for it.
bool answers(const std::string& status, std::string_view role) {
  namespace json = boost::json;
  boost::system::error_code error;
  const json::value value = json::parse(status, error);
  const json::object* object = error ? nullptr : value.if_object();
  const json::value* processes = object == nullptr ? nullptr : object->if_contains("processes");
  if (processes == nullptr || !processes->is_array()) return false;
  for (const json::value& process : processes->get_array()) {
    const json::object* facts = process.if_object();
    if (facts == nullptr || !facts->contains("role") || facts->at("role") != json::value(role)) continue;
    return facts->contains("answers") && facts->at("answers") == json::value(true);
  }
  return false;
}

}  // namespace

// The supervisor's word, and what the outgoing side knows of itself (connections, DNSSEC).
int status(const Invocation& invocation) {
  control::Answer answer = ask_instance(invocation, "status", {});
  if (answer.status != 0 || !answer.json.ends_with('}')) return print_answer(invocation, answer);
  if (!answers(answer.json, "esmtp")) return print_answer(invocation, answer);
  const control::Answer outgoing = ask_instance(invocation, "esmtp status", {});
  if (outgoing.status == 0) answer.json.replace(answer.json.size() - 1, 1, ",\"outgoing\":" + outgoing.json + "}");
  return print_answer(invocation, answer);
}

int limits(const Invocation& invocation) {
  const bool show = std::string_view(invocation.command->name) == "limits show";
  return print_answer(invocation, ask_instance(invocation, show ? "auth limits" : "auth limits forget", invocation.arguments));
}

int metrics(const Invocation& invocation) { return print_answer(invocation, ask_instance(invocation, "metrics", {})); }

int log_reopen(const Invocation& invocation) {
  control::Answer answer = ask_instance(invocation, "log reopen", {});
  if (!invocation.json()) answer.json.clear();
  return print_answer(invocation, answer);
}

int version(const Invocation& invocation) {
  const std::pair<const char*, std::string> facts[] = {{"version", paths::version}, {"config", paths::config},
                                                       {"spool", paths::spool},     {"state", paths::state},
                                                       {"run", paths::run},         {"libexec", libexec_folder()}};
  std::string json;
  for (const auto& [name, value] : facts) json += (json.empty() ? "{" : ",") + json_string(name) + ":" + json_string(value);
  return print_answer(invocation, {0, json + "}", ""});
}

}  // namespace courier::tool
