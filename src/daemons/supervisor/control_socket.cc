#include "daemons/supervisor/control_socket.h"

#include <boost/json.hpp>

#include "base/codec.h"
#include "daemons/supervisor/local_server.h"

namespace courier {

namespace {

constexpr std::size_t longest_line = 1u << 20;
constexpr Duration longest_silence = minutes(5);
constexpr int exit_usage = 64;

}  // namespace

Result<control::Ask, std::string> parse_request(std::string_view line) {
  namespace json = boost::json;
  boost::system::error_code error;
  const json::value value = json::parse(line, error);
  if (error || !value.is_object()) return fail(std::string("a request is one JSON object a line"));
  const json::value* verb = value.get_object().if_contains("verb");
  if (!verb || !verb->is_string()) return fail(std::string("\"verb\" must be a text"));
  control::Ask ask;
  ask.verb = std::string_view(verb->get_string());
  if (const json::value* arguments = value.get_object().if_contains("arguments")) {
    if (!arguments->is_array()) return fail(std::string("\"arguments\" must be a list of texts"));
    for (const json::value& argument : arguments->get_array()) {
      if (!argument.is_string()) return fail(std::string("\"arguments\" must be a list of texts"));
      ask.arguments.emplace_back(std::string_view(argument.get_string()));
    }
  }
  return ask;
}

std::string write_answer(const control::Answer& answer) {
  return "{\"status\":" + std::to_string(answer.status) + ",\"result\":" + (answer.json.empty() ? "null" : answer.json) +
         ",\"error\":" + json_string(answer.error) + "}\n";
}

Task<> control_session(Loop& loop, ControlVerbs& verbs, StreamPtr stream) {
  std::string rest;
  for (;;) {
    const std::string line = co_await read_until(*stream, rest, "\n", longest_line, loop.in(longest_silence));
    if (line.empty()) co_return;
    auto request = parse_request(line);
    control::Answer answer;
    if (request) {
      answer = co_await verbs.answer(std::move(*request));
    } else {
      answer = {exit_usage, {}, request.error()};
    }
    const std::string text = write_answer(answer);
    if (!co_await write_all(*stream, text, loop.in(longest_silence))) co_return;
  }
}

}  // namespace courier
