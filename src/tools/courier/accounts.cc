// courier account | domain | alias
#include <sysexits.h>

#include <boost/json.hpp>

#include "tools/courier/account_store.h"
#include "tools/courier/actions.h"
#include "tools/courier/output.h"
#include "tools/courier/password.h"

namespace courier::tool {

namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 1000;

View view_of(std::string_view verb) {
  if (verb == "account list") {
    return {.columns = {{"address", "ADDRESS"}, {"name", "NAME"}, {"quota_bytes", "QUOTA", Column::Form::Limit}, {"enabled", "ENABLED"}},
            .empty = "There are no accounts."};
  }
  if (verb == "domain list") return {.columns = {{"name", "DOMAIN"}, {"kind", "KIND"}}, .empty = "There are no domains."};
  if (verb == "alias list") return {.columns = {{"address", "ALIAS"}, {"members", "MEMBERS"}}, .empty = "There are no aliases."};
  if (verb.starts_with("account ")) {
    return {.columns = {{"uid", "UID", Column::Form::Plain, "virtual"}, {"gid", "GID", Column::Form::Plain, "virtual"}}};
  }
  return {};
}

// Options of the command as "key=value", each of the name it has in the database.
std::vector<std::string> words_of(const Invocation& invocation) {
  std::vector<std::string> words = invocation.arguments;
  for (const Option& option : invocation.command->options) {
    if (invocation.has(option.name)) words.push_back(std::string(option.name + 2) + "=" + invocation.value(option.name));
  }
  return words;
}

// The whole list, page after page: none holds more than an answer may.
control::Answer all_pages(const Invocation& invocation, const std::string& verb) {
  json::array all;
  while (true) {
    std::vector<std::string> words = invocation.arguments;
    words.push_back("limit=" + std::to_string(kPage));
    if (!all.empty()) words.push_back("after=" + std::string(all.back().at("address").as_string()));
    control::Answer answer = administer(invocation, verb, words);
    if (answer.status != 0) return answer;
    const json::value page = json::parse(answer.json);
    for (const json::value& item : page.as_array()) all.push_back(item);
    if (page.as_array().size() < kPage) return {0, json::serialize(all), ""};
  }
}

int add_with_password(const Invocation& invocation, const std::string& verb, const std::string& key) {
  const auto password = read_password("Password for " + invocation.argument(0));
  if (!password) return print_error(invocation, EX_DATAERR, password.error());
  std::vector<std::string> words = words_of(invocation);
  words.push_back(key + *password);
  return print_answer(invocation, administer(invocation, verb, words), view_of(verb));
}

}  // namespace

int administer_accounts(const Invocation& invocation) {
  const std::string verb = invocation.command->name;
  const bool paged = verb == "account list" || verb == "alias list";
  const control::Answer answer = paged ? all_pages(invocation, verb) : administer(invocation, verb, words_of(invocation));
  return print_answer(invocation, answer, view_of(verb));
}

int add_account(const Invocation& invocation) { return add_with_password(invocation, "account add", "password="); }
int set_password(const Invocation& invocation) { return add_with_password(invocation, "account password", ""); }

}  // namespace courier::tool
