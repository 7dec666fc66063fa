// courier explain ADDRESS: what auth knows of it and, for targets elsewhere, which hosts esmtp would try.
#include <boost/json.hpp>
#include <cstdio>

#include "tools/courier/account_store.h"
#include "tools/courier/actions.h"
#include "tools/courier/instance.h"
#include "tools/courier/output.h"

namespace courier::tool {

namespace {

namespace json = boost::json;

std::string text(const json::object& object, const char* key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool elsewhere(const json::object& target) { return text(target, "mailbox").empty() && text(target, "failure").empty(); }

std::string hosts_text(const json::object& route) {
  std::string out;
  if (const std::string relay = text(route, "relay"); !relay.empty()) out += "    by way of " + relay + "\n";
  for (const json::value& item : route.at("hosts").as_array()) {
    const json::object& host = item.as_object();
    std::string addresses;
    for (const json::value& address : host.at("addresses").as_array()) addresses += " " + std::string(address.as_string());
    out += "    MX " + json::serialize(host.at("preference")) + " " + text(host, "name") + addresses + " port " +
           json::serialize(host.at("port")) + ", TLS: " + text(host, "tls") + "\n";
  }
  if (const std::string error = text(route, "error"); !error.empty()) out += "    fails: " + error + "\n";
  return out;
}

std::string target_text(const json::object& target) {
  const std::string address = text(target, "address");
  if (const std::string failure = text(target, "failure"); !failure.empty()) return "  " + address + ": fails: " + failure + "\n";
  if (!elsewhere(target)) return "  " + address + ": " + text(target, "maildir") + " (" + text(target, "mailbox") + ")\n";
  const json::value* route = target.if_contains("route");
  if (route == nullptr) return "  " + address + ": sent to another host (the server does not run: which one is not known)\n";
  return "  " + address + ": sent to another host\n" + hosts_text(route->as_object());
}

std::string explanation(const json::object& object) {
  std::string out = text(object, "address") + ": " + text(object, "meaning") + "\n";
  for (const json::value& step : object.at("steps").as_array()) out += "  " + std::string(step.as_string()) + "\n";
  const json::array& targets = object.at("targets").as_array();
  if (!targets.empty()) out += "\ndelivered to\n";
  for (const json::value& target : targets) out += target_text(target.as_object());
  return out;
}

}  // namespace

int explain(const Invocation& invocation) {
  const control::Answer answer = administer(invocation, "explain", invocation.arguments);
  if (answer.status != 0) return print_answer(invocation, answer);
  json::value value = json::parse(answer.json);
  json::object& object = value.as_object();
  for (json::value& item : object.at("targets").as_array()) {
    json::object& target = item.as_object();
    if (!elsewhere(target)) continue;
    const control::Answer route = ask_instance(invocation, "esmtp explain", {text(target, "address")});
    if (route.status == 0) target["route"] = json::parse(route.json);
  }
  if (invocation.json()) return print_answer(invocation, {0, json::serialize(value), ""});
  (void)std::fputs(explanation(object).c_str(), stdout);
  return 0;
}

}  // namespace courier::tool
