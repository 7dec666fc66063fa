#include "settings/smtpd.h"

#include <arpa/inet.h>

#include <array>

#include "base/text.h"

namespace courier {

namespace {

constexpr const char* too_wide = "is so wide that it would relay mail for everyone; list the networks of your own clients";

std::string v4_fault(const std::array<unsigned char, 16>& bytes, std::uint32_t bits) {
  const bool own = bytes[0] == 10 || bytes[0] == 127;
  if (bits < 8 || (bits < 12 && !own)) return too_wide;
  return {};
}

std::string v6_fault(const std::array<unsigned char, 16>& bytes, std::uint32_t bits) {
  const bool unique_local = (bytes[0] & 0xFE) == 0xFC && bits >= 7;
  const bool link_local = bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80 && bits >= 10;
  if (unique_local || link_local) return {};
  // What stands for all of IPv4 inside IPv6: ::/80 and so ::ffff:0:0/96, and NAT64 (RFC 6052).
  const bool loopback = bits == 128;
  bool embedded = true;
  for (std::size_t i = 0; i < 10; ++i) embedded &= bytes[i] == 0;
  const bool nat64 = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xFF && bytes[3] == 0x9B;
  if ((embedded || nat64) && !loopback) return "write IPv4 networks as 192.0.2.0/24";
  if (bits < 29) return too_wide;
  return {};
}

}  // namespace

std::string relay_network_fault(std::string_view network) {
  const std::size_t slash = network.find('/');
  const std::string address(network.substr(0, slash));
  std::array<unsigned char, 16> bytes{};
  const bool v4 = ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  if (!v4 && ::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return "is not a network such as 192.0.2.0/24 or 2001:db8::/32";
  const std::uint32_t widest = v4 ? 32 : 128;
  std::uint32_t bits = widest;
  if (slash != std::string_view::npos) {
    const auto number = to_u32(network.substr(slash + 1));
    if (!number || *number > widest) return "has a wrong number of bits behind the slash";
    bits = *number;
  }
  return v4 ? v4_fault(bytes, bits) : v6_fault(bytes, bits);
}

void SmtpdSettings::visit(SettingVisitor& v) {
  v.size({.key = "max_message_size",
          .help = "Largest message taken, as announced with SIZE. Raise it for users who send large attachments.",
          .min = 64 << 10,
          .max = 1LL << 40},
         max_message_size);
  v.number({.key = "max_recipients",
            .help = "Recipients taken in one message; more are told to come in another one. For operators of large lists on other hosts.",
            .unit = "recipients",
            .min = 100,
            .max = 100'000},
           max_recipients);
  v.size({.key = "max_line",
          .help = "Longest command line. RFC 5321 needs 512, its extensions up to 2000. For very long addresses and parameters.",
          .min = 2048,
          .max = 12'288},
         max_line);
  v.number({.key = "max_errors",
            .help = "Refused commands after which a session is ended. Lower it against probing clients.",
            .unit = "errors",
            .min = 1,
            .max = 10'000},
           max_errors);
  v.number({.key = "max_commands",
            .help = "Commands that carry no message (NOOP, RSET, VRFY, EHLO...) in a row after which a session is ended.",
            .unit = "commands",
            .min = 10,
            .max = 100'000},
           max_commands);
  v.number({.key = "max_sessions",
            .help = "Sessions at the same time in one process; more are answered 421. Sized by the machine's memory.",
            .unit = "sessions",
            .min = 10,
            .max = 1'000'000},
           max_sessions);
  v.size({.key = "max_memory_for_bodies",
          .help = "Memory of one process for messages that are just coming in; beyond it senders are told to come later.",
          .min = 4 << 20,
          .max = 1LL << 40},
         max_memory_for_bodies);
  v.size({.key = "max_header_size", .help = "Largest header section of a message.", .min = 1000, .max = 1 << 20}, max_header_size);
  v.number({.key = "max_header_fields", .help = "Fields in a header section.", .unit = "fields", .min = 50, .max = 100'000},
           max_header_fields);
  v.size({.key = "max_header_line", .help = "Longest line of a header section.", .min = 998, .max = 1 << 20}, max_header_line);
  v.number(
      {.key = "max_hops", .help = "Received fields after which a message is refused as looping.", .unit = "hops", .min = 30, .max = 1000},
      max_hops);
  v.duration({.key = "command_timeout",
              .help = "How long a client may take for its next command. RFC 5321 asks for 5 minutes at least.",
              .min = 10,
              .max = 3600},
             command_timeout);
  v.duration({.key = "data_timeout", .help = "How long a client may pause within a message.", .min = 10, .max = 3600}, data_timeout);
  v.duration({.key = "session_timeout", .help = "How long a session may last, however busy it is.", .min = 60, .max = 7 * 24 * 3600},
             session_timeout);
  v.list(
      {.key = "relay_networks",
       .help =
           "Networks whose hosts may send to anywhere without signing in (192.0.2.0/24, 2001:db8:1::/48). For printers and servers of your own.",
       .check = relay_network_fault},
      relay_networks);
  v.flag({.key = "check_envelope_sender", .help = "Submission: MAIL FROM must be an address of the signed-in account."},
         check_envelope_sender);
  v.flag({.key = "check_header_from", .help = "Submission: the From field must name only addresses of the signed-in account."},
         check_header_from);
}

}  // namespace courier
