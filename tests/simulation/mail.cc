#include "simulation/mail.h"

#include <charconv>
#include <map>
#include <optional>

namespace courier::simulation {

namespace {

constexpr std::string_view subject = "Subject: number ";
constexpr std::string_view warning = "\nSubject: WARNING: delayed mail.\n";

bool fails_for_someone(int n) { return n % 10 == 5 || n % 10 == 8; }

std::vector<std::string> recipients_of(int n) {
  switch (n % 10) {
    case 0: return {account(n / 10), account(n / 10 + 1), account(n / 10 + 3)};
    case 3: return {team, account(1)};  // who is on the list as well
    case 5: return {"nobody@our.test", account(n / 10)};
    case 8: return {"gone@far.test"};
    default: return {account(n)};
  }
}

std::optional<int> number_in(std::string_view text) {
  const auto at = text.find(subject);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + subject.size());
  int n = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), n).ec != std::errc()) return std::nullopt;
  return n;
}

}  // namespace

std::string account(int number) { return "user" + std::to_string(number % account_count) + "@our.test"; }
std::vector<std::string> team_members() { return {account(0), account(1), account(2), account(3)}; }

const std::string& body_of(int n) {
  static std::map<int, std::string> made;
  std::string& body = made[n];
  if (!body.empty()) return body;
  const auto more = static_cast<std::size_t>(n % 100);
  const std::size_t size = n % 20 == 7 ? 70'000 + more * 13 : 300 + more * 37;
  body = std::string(subject) + std::to_string(n) + "\n\n";
  // No two lines are equal: a part that stands in another's place is noticed.
  for (int line = 0; body.size() < size; ++line)
    body += "message " + std::to_string(n) + ", line " + std::to_string(line) + " of its text\n";
  return body;
}

submit::Submit mail(int n) {
  submit::Submit request;
  request.envelope.id = "M" + std::to_string(n);
  request.envelope.sender = account(n + 1);
  for (std::string& address : recipients_of(n))
    request.envelope.recipients.push_back({.address = std::move(address), .notify = 0, .original = {}});
  request.body.bytes = body_of(n);
  request.body.size = request.body.bytes.size();
  return request;
}

std::vector<std::pair<std::string, Name>> copies_of(int n) {
  const std::string number = std::to_string(n);
  std::vector<std::pair<std::string, Name>> copies;
  for (const std::string& address : recipients_of(n)) {
    if (address == team) {
      for (const std::string& member : team_members()) copies.emplace_back(member, "M" + number);
    } else if (address.starts_with("user") && !(n % 10 == 3)) {
      copies.emplace_back(address, "M" + number);
    }
  }
  if (fails_for_someone(n)) copies.emplace_back(account(n + 1), "D" + number);
  return copies;
}

Name name_of(std::string_view file) {
  const auto n = number_in(file);
  if (!n || !file.starts_with("Return-Path: <")) return {};
  if (file.starts_with("Return-Path: <>\n")) {
    if (!file.ends_with("--\n")) return {};
    const std::string_view header = file.substr(0, file.find("\n\n"));
    return (header.find(warning) != std::string_view::npos ? "W" : "D") + std::to_string(*n);
  }
  // Two header lines of delivery, then the body and nothing else.
  const auto body = file.find(subject);
  const bool delivered_to = file.substr(0, body).find("\nDelivered-To: ") != std::string_view::npos;
  return delivered_to && file.substr(body) == body_of(*n) ? "M" + std::to_string(*n) : Name();
}

}  // namespace courier::simulation
