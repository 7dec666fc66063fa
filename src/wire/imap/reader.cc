#include "wire/imap/reader.h"

#include <algorithm>

#include "base/text.h"
#include "wire/imap/command.h"
#include "wire/imap/token.h"

namespace courier::imap {

namespace {

constexpr std::size_t longest_mark = 24;  // "{18446744073709551615+}" and the CR
constexpr std::size_t longest_tag = 200;   // of a command that is skipped, this much is kept for its answer

// What a line that ends in a literal's mark is so far.
enum class Head {
  Append,    // the mark announces the message of an APPEND, not the name of its folder
  Wrong,     // something before the mark is no command
  Possible,
};
Head head_of(std::string_view text, const LiteralMark& mark, const Limits& limits) {
  const auto command = parse_command(text, limits);
  if (command) return command->verb == Verb::Append ? Head::Append : Head::Possible;
  return command.error().syntax.offset < text.size() - mark.length ? Head::Wrong : Head::Possible;
}

}  // namespace

CommandReader::Step CommandReader::feed(std::string_view& in) {
  while (!in.empty()) {
    if (literal_left_ > 0) {
      const std::string_view piece = in.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, in.size())));
      in.remove_prefix(piece.size());
      literal_left_ -= piece.size();
      if (!skipping_) text_ += piece;
      if (literal_left_ == 0) line_begin_ = text_.size();
      continue;
    }
    const Step step = take_line(in);
    if (step != Step::NeedMore) return step;
  }
  return Step::NeedMore;
}

CommandReader::Step CommandReader::take_line(std::string_view& in) {
  const auto end = in.find('\n');
  const std::string_view piece = in.substr(0, end);
  if (!skipping_ && text_.size() + piece.size() > limits_.command) begin_skipping();
  if (skipping_) {
    tail_ += piece.substr(piece.size() - std::min(piece.size(), longest_mark));
    if (tail_.size() > longest_mark) tail_.erase(0, tail_.size() - longest_mark);
    if (text_.size() < longest_tag) text_ += piece.substr(0, longest_tag - text_.size());
  } else {
    text_ += piece;
  }
  if (end == std::string_view::npos) {
    in = {};
    return Step::NeedMore;
  }
  in.remove_prefix(end + 1);
  return end_of_line();
}

void CommandReader::begin_skipping() {
  skipping_ = true;
  const std::size_t begin = std::max(line_begin_, text_.size() - std::min(text_.size(), longest_mark));
  tail_ = text_.substr(std::min(begin, text_.size()));
  text_.resize(std::min(text_.size(), longest_tag));
}

CommandReader::Step CommandReader::end_of_line() {
  std::string& line = skipping_ ? tail_ : text_;
  if (line.ends_with('\r')) line.pop_back();
  const auto mark =
      literal_at_end(skipping_ ? std::string_view(tail_) : std::string_view(text_).substr(std::min(line_begin_, text_.size())));
  if (!mark) return skipping_ ? Step::TooLong : Step::Complete;
  // Each literal has the command parsed up to there.
  if (!skipping_ && ++literals_ > limits_.literals) begin_skipping();
  if (!skipping_) {
    const Head head = head_of(text_, *mark, limits_);
    if (head == Head::Append) return Step::Append;
    if (head == Head::Wrong && mark->synchronizing) return Step::Complete;  // refused before the literal is sent
  }
  if (!skipping_ && text_.size() + mark->size > limits_.command) begin_skipping();
  // A client that waits for "+" will not send the literal when the answer is the command's refusal.
  if (skipping_ && mark->synchronizing) return Step::TooLong;
  tail_.clear();
  literal_left_ = mark->size;
  if (!skipping_) {
    text_ += "\r\n";
    line_begin_ = text_.size();
  }
  return mark->synchronizing ? Step::Continue : Step::NeedMore;
}

void CommandReader::reset() {
  text_ = std::string();
  tail_ = std::string();
  line_begin_ = 0;
  literal_left_ = 0;
  literals_ = 0;
  skipping_ = false;
}

}  // namespace courier::imap
