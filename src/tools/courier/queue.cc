// courier queue ... and courier trace: questions to the running queue (its verbs: daemons/queue/admin.h).
#include <sysexits.h>

#include <boost/json.hpp>
#include <cstdio>

#include "tools/courier/actions.h"
#include "tools/courier/instance.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

namespace json = boost::json;

constexpr const char* kPage = "limit=1000";

std::string text(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Each message with its recipients below it: who still waits, and the last word of the other side.
std::string message_table(const json::array& messages) {
  std::vector<std::vector<std::string>> rows{{"ID", "STATE", "SIZE", "ARRIVED", "NEXT ATTEMPT", "SENDER"}};
  for (const json::value& item : messages) {
    const json::object& message = item.as_object();
    const std::string sender = text(message, "sender");
    rows.push_back({text(message, "id"), text(message, "state"), short_size(message.at("size").to_number<std::int64_t>()),
                    short_time(text(message, "arrived")), short_time(text(message, "due")), sender.empty() ? "<>" : sender});
  }
  const std::string aligned = align(rows);
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t end = aligned.find('\n', at) + 1;
    out += aligned.substr(at, end - at);
    at = end;
    if (i == 0) continue;
    for (const json::value& item : messages[i - 1].at("recipients").as_array()) {
      const json::object& recipient = item.as_object();
      const std::string reply = text(recipient, "reply");
      out += "  " + text(recipient, "state") + "  " + text(recipient, "address") + (reply.empty() ? "" : "  " + reply) + "\n";
    }
  }
  return out;
}

std::string event_lines(const json::object& object) {
  std::string out;
  for (const json::value& item : object.at("events").as_array()) {
    out += short_time(text(item.as_object(), "at")) + "  " + text(item.as_object(), "text") + "\n";
  }
  return out;
}

void tell_change(const std::string& id, const control::Answer& answer) {
  if (answer.status != 0) {
    (void)std::fprintf(stderr, "courier: %s\n", answer.error.c_str());
    return;
  }
  const json::value value = json::parse(answer.json);
  const json::object& told = value.as_object();
  if (const json::value* in_time = told.if_contains("in_time")) {
    const char* how = in_time->as_bool() ? "cancelled in time, nothing was sent" : "cancelled, but an attempt had been made";
    (void)std::printf("%s: %s\n", id.c_str(), how);
  } else if (id == "all") {
    (void)std::printf("%s messages are tried now\n", json::serialize(told.at("messages")).c_str());
  }
}

}  // namespace

int queue_list(const Invocation& invocation) {
  json::array all;
  std::string next;
  while (true) {
    std::vector<std::string> words{kPage};
    if (!next.empty()) words.push_back("after=" + next);
    const control::Answer answer = ask_instance(invocation, "queue list", words);
    if (answer.status != 0) return print_answer(invocation, answer);
    const json::value page = json::parse(answer.json);
    for (const json::value& message : page.at("messages").as_array()) all.push_back(message);
    const auto number = page.at("next").to_number<std::int64_t>();
    if (number == 0) break;
    next = std::to_string(number);
  }
  if (invocation.json() || all.empty()) return print_answer(invocation, {0, json::serialize(all), ""}, {.empty = "The queue is empty."});
  (void)std::fputs(message_table(all).c_str(), stdout);
  return EX_OK;
}

int queue_show(const Invocation& invocation) {
  const control::Answer answer = ask_instance(invocation, invocation.command->name, invocation.arguments);
  if (answer.status != 0 || invocation.json()) return print_answer(invocation, answer);
  const json::value value = json::parse(answer.json);
  const json::object& object = value.as_object();
  const std::string head = object.contains("recipients") ? message_table({value}) + "\n" : "";
  (void)std::fputs((head + event_lines(object)).c_str(), stdout);
  if (text(object, "state") == "left") (void)std::printf("%s  left the queue\n", short_time(text(object, "ended")).c_str());
  return EX_OK;
}

int queue_change(const Invocation& invocation) {
  std::vector<std::string> ids = invocation.arguments;
  if (ids.empty()) ids.emplace_back("all");  // retry alone may be given without an id
  json::array all;
  int status = EX_OK;
  for (const std::string& id : ids) {
    std::vector<std::string> words{id};
    if (invocation.has("--reason")) words.push_back(invocation.value("--reason"));
    const control::Answer answer = ask_instance(invocation, invocation.command->name, words);
    if (answer.status != 0) status = answer.status;
    if (!invocation.json()) tell_change(id, answer);
    json::object& told = all.emplace_back(json::object{{"id", id}, {"status", answer.status}}).as_object();
    if (answer.status != 0) told["error"] = answer.error;
    if (answer.status == 0) {
      for (const auto& [key, value] : json::parse(answer.json).as_object()) told[key] = value;
    }
  }
  if (invocation.json()) (void)std::printf("%s\n", json::serialize(all).c_str());
  return status;
}

}  // namespace courier::tool
