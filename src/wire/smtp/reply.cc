#include "wire/smtp/reply.h"

#include <utility>

#include "base/text.h"

namespace courier::smtp {

namespace {

// "250 2.1.0 ": what stands in front of each line.
std::string front(const Reply& reply) {
  const auto digit = [&](int place) { return static_cast<char>('0' + reply.code / place % 10); };
  std::string out{digit(100), digit(10), digit(1), ' '};
  if (reply.status) (out += write(*reply.status)) += ' ';
  return out;
}

// Calls `each(line, is_last)` for every line of `text`; an empty text has one.
template <class F>
void for_each_line(std::string_view text, F each) {
  for (;;) {
    const std::size_t end = text.find('\n');
    each(text.substr(0, end), end == std::string_view::npos);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The status code at the front of a line, with the space that ends it.
std::optional<EnhancedStatus> leading_status(std::string_view line) {
  const std::size_t space = line.find(' ');
  return space == std::string_view::npos ? std::nullopt : parse_status(line.substr(0, space));
}

}  // namespace

void append(std::string& out, const Reply& reply) {
  std::string in_front = front(reply);
  out.reserve(out.size() + in_front.size() + reply.text.size() + 2);
  for_each_line(reply.text, [&](std::string_view line, bool last) {
    in_front[3] = last ? ' ' : '-';
    ((out += in_front) += line) += "\r\n";
  });
}

std::string write(const Reply& reply) {
  std::string out;
  append(out, reply);
  return out;
}

std::string quoted(const Reply& reply) {
  std::string out;
  const std::string in_front = front(reply);
  for_each_line(reply.text, [&](std::string_view line, bool last) { ((out += in_front) += line) += last ? "" : "\n"; });
  return out;
}

Result<std::optional<Reply>, ReplyError> ReplyParser::feed(std::string_view& input) {
  while (!input.empty()) {
    const std::size_t end = input.find('\n');
    const std::size_t taken = end == std::string_view::npos ? input.size() : end + 1;
    total_ += taken;
    if (line_.size() + taken > limits_.line || total_ > limits_.total) return fail(ReplyError{"a shorter reply"});
    line_ += input.substr(0, taken);
    input.remove_prefix(taken);
    if (end == std::string_view::npos) break;
    const std::string whole = std::exchange(line_, {});
    std::string_view line = whole;
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    const auto last = take_line(line);
    if (!last) return fail(last.error());
    if (*last) return finish();
  }
  return std::optional<Reply>{};
}

// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF (RFC 5321, section 4.2)
Result<bool, ReplyError> ReplyParser::take_line(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !ascii_digit(line[1]) || !ascii_digit(line[2])) {
    return fail(ReplyError{"a reply code"});
  }
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return fail(ReplyError{"space or '-' after the reply code"});
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (lines_ != 0 && code != reply_.code) return fail(ReplyError{"the same code on every line"});
  reply_.code = code;
  if (lines_++ != 0) reply_.text += '\n';
  if (line.size() > 4) reply_.text += line.substr(4);
  return line.size() == 3 || line[3] == ' ';
}

Reply ReplyParser::finish() {
  lines_ = total_ = 0;
  Reply reply = std::exchange(reply_, {});
  const auto status = leading_status(reply.text);
  if (!status || status->kind != reply.code / 100) return reply;
  const std::string prefix = write(*status) + ' ';
  std::string text;
  bool everywhere = true;
  for_each_line(reply.text, [&](std::string_view line, bool last) {
    if (!line.starts_with(prefix)) {
      everywhere = false;
      return;
    }
    text += line.substr(prefix.size());
    if (!last) text += '\n';
  });
  if (!everywhere) return reply;
  reply.status = status;
  reply.text = std::move(text);
  return reply;
}

}  // namespace courier::smtp
