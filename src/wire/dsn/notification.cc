#include "wire/dsn/notification.h"

#include <algorithm>

namespace courier::dsn {
namespace {

std::string choose_boundary(std::string_view original, std::string_view text) {
  for (unsigned n = 0;; ++n) {
    std::string boundary = "=_courier_" + std::to_string(n);
    if (original.find(boundary) == std::string_view::npos && text.find(boundary) == std::string_view::npos) return boundary;
  }
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
