#include "wire/dsn/notification.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.h"

namespace courier::dsn {
namespace {

constexpr std::string_view boundary_stem = "=_courier_";
constexpr std::size_t boundary_digits = 8;

// Numbers that follow the stem anywhere in `text`.
void note_numbers(std::string_view text, std::vector<std::uint32_t>& taken) {
  for (std::size_t at = text.find(boundary_stem); at != std::string_view::npos; at = text.find(boundary_stem, at + 1)) {
    if (const auto number = to_u32(text.substr(at + boundary_stem.size(), boundary_digits))) taken.push_back(*number);
  }
}

// The stem and the first number of eight digits that does not follow it in what is returned: one pass, whatever a message holds.
std::string choose_boundary(std::string_view original, std::string_view text) {
  std::vector<std::uint32_t> taken;
  note_numbers(original, taken);
  note_numbers(text, taken);
  std::ranges::sort(taken);
  std::uint32_t free = 0;
  for (const std::uint32_t number : taken) {
    if (number > free) break;
    free = number + 1;
  }
  const std::string digits = std::to_string(free);
  return std::string(boundary_stem) + std::string(boundary_digits - std::min(boundary_digits, digits.size()), '0') + digits;
}

void part(std::string& out, const std::string& boundary, const std::string& type, std::string_view bytes) {
  out += "\n--" + boundary + "\nContent-Type: " + type + "\n";
  if (needs_eight_bit(bytes)) out += "Content-Transfer-Encoding: 8bit\n";
  out += '\n';
  out += bytes;
}

const char* returned_type(const Notification& n) {
  if (n.whole) return n.global ? "message/global" : "message/rfc822";
  return n.global ? "message/global-headers" : "text/rfc822-headers";
}

}  // namespace

bool needs_eight_bit(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string_view header_of(std::string_view message) {
  if (message.starts_with('\n')) return {};
  const auto end = message.find("\n\n");
  return end == std::string_view::npos ? message : message.substr(0, end + 1);
}

std::string write(const Notification& n) {
  const std::string status = write(n.status);
  const std::string boundary = choose_boundary(n.original, n.text + status);
  std::string out;
  out.reserve(n.original.size() + n.text.size() + status.size() + 1024);
  out += "From: " + n.from + "\nTo: <" + n.to + ">\nSubject: " + n.subject + "\nDate: " + n.date + "\n";
  out += "Message-ID: <" + n.message_id + ">\n";
  // Answered by nobody and nothing (RFC 3834, section 5).
  out += "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n";
  out += "Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"" + boundary + "\"\n";
  if (needs_eight_bit(n.original) || needs_eight_bit(n.text) || needs_eight_bit(status)) out += "Content-Transfer-Encoding: 8bit\n";
  out += "\nThis is a delivery status notification in MIME format.\n";
  part(out, boundary, "text/plain; charset=utf-8", n.text);
  part(out, boundary, n.global ? "message/global-delivery-status" : "message/delivery-status", status);
  part(out, boundary, returned_type(n), n.original);
  out += "\n--" + boundary + "--\n";
  return out;
}

}  // namespace courier::dsn
