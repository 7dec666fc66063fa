#include <optional>

#include "base/text.h"
#include "transcripts/runner/transcript.h"

namespace courier::transcript {

namespace {

std::optional<int> hex_byte(std::string_view digits) {
  int value = 0;
  if (digits.size() != 2) return std::nullopt;
  for (const char c : digits) {
    const char lower = ascii_lower(c);
    if (!ascii_digit(c) && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value * 16 + (ascii_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

// Undoes the escapes; `\*` stays as it is for matches().
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case 'r': out += '\r'; break;
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case '0': out += '\0'; break;
      case '\\': out += '\\'; break;
      case '*': out += "\\*"; break;
      case 'x': {
        const auto byte = hex_byte(text.substr(i + 1, 2));
        if (!byte) return std::nullopt;
        out += static_cast<char>(*byte);
        i += 2;
        break;
      }
      case '{': {
        const std::size_t end = text.find('}', i);
        const auto times = end == std::string_view::npos ? std::nullopt : to_u32(text.substr(i + 1, end - i - 1));
        if (!times || *times == 0 || out.empty()) return std::nullopt;
        out.append(*times - 1, out.back());
        i = end;
        break;
      }
      default: return std::nullopt;
    }
  }
  return out;
}

std::optional<Step> parse_step(std::string_view line, int number) {
  Step step;
  step.line = number;
  if (line == "END" || line == "HALF") {
    step.kind = line == "END" ? Step::Kind::End : Step::Kind::Half;
    return step;
  }
  if (line.size() < 2) return std::nullopt;
  const std::string_view mark = line.substr(0, 2);
  std::string_view rest = line.substr(2);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (mark == "T:") {
    const auto seconds = to_i64(trim(rest));
    if (!seconds) return std::nullopt;
    step.kind = Step::Kind::Wait;
    step.seconds = *seconds;
    return step;
  }
  const auto text = unescape(rest);
  if (!text || (mark != "C:" && mark != "C~" && mark != "S:")) return std::nullopt;
  step.kind = mark == "S:" ? Step::Kind::Expect : Step::Kind::Send;
  step.text = *text;
  if (mark == "C:") step.text += "\r\n";
  return step;
}

}  // namespace

Result<std::vector<Conversation>, std::string> parse(std::string_view text) {
  std::vector<Conversation> out;
  int number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto wrong = [&](const char* what) { return fail("line " + std::to_string(number) + ": " + what); };
    if (line.starts_with("== ")) {
      out.push_back({std::string(line.substr(3)), number, {}, {}});
      continue;
    }
    if (out.empty()) return wrong("a conversation begins with '== title'");
    if (line.starts_with("= ")) {
      const std::size_t space = line.find(' ', 2);
      if (space == std::string_view::npos || !out.back().steps.empty()) return wrong("expected '= option value' before the conversation");
      out.back().options[std::string(line.substr(2, space - 2))] = std::string(line.substr(space + 1));
      continue;
    }
    auto step = parse_step(line, number);
    if (!step) return wrong("cannot be read");
    out.back().steps.push_back(std::move(*step));
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view line) {
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      for (std::size_t skip = 0; skip <= line.size(); ++skip) {
        if (matches(pattern.substr(1), line.substr(skip))) return true;
      }
      return false;
    }
    if (pattern.starts_with("\\*")) pattern.remove_prefix(1);
    if (line.empty() || line.front() != pattern.front()) return false;
    pattern.remove_prefix(1);
    line.remove_prefix(1);
  }
  return line.empty();
}

}  // namespace courier::transcript
