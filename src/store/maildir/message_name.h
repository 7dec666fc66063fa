// File names of messages in a maildir: "1767225600.Q5kR0.mx1,S=2310,W=2371:2,FS". What stands before the first ':' is the
// base: it names the message for ever; two names with one base are one message. What follows ":2," are flags, one letter each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "store/maildir/flags.h"

namespace courier::store {

// Everything before the first ':'.
[[nodiscard]] std::string_view base_of(std::string_view name);
// The base without its ",X=" fields: what identifies a message even when another program added or lost a size.
[[nodiscard]] std::string_view unique_part(std::string_view name);
// The number after the last ",S=" of the base (stored bytes). A hint: other programs may write anything.
[[nodiscard]] std::optional<std::uint64_t> size_of(std::string_view name);
// The same of ",W=" (bytes with CRLF line ends).
[[nodiscard]] std::optional<std::uint64_t> wire_size_of(std::string_view name);
// The letters after ":2,"; empty when there are none, or the info is of another kind.
[[nodiscard]] std::string_view letters_of(std::string_view name);
[[nodiscard]] Flags flags_of(std::string_view name);
// The same message with these flags: "BASE:2,DFRST". Letters that are not ours (P, lower-case keyword letters of other
// servers) are kept; all stand in ASCII order.
[[nodiscard]] std::string with_flags(std::string_view name, Flags flags);
// Arrival order: the leading number by value, then the rest of the base bytewise.
[[nodiscard]] bool arrived_before(std::string_view a, std::string_view b);

// A host name as it may stand in a file name: '/', ':' and ',' as octal escapes (\057, \072, \054).
[[nodiscard]] std::string escape_host(std::string_view host);
// Base of a delivery by the queue, the same on every attempt: "<arrival seconds>.Q<queue id>R<number>.<host>".
[[nodiscard]] std::string delivery_base(WallTime arrival, std::string_view queue_id, std::uint32_t number, std::string_view host);
// "<base>,S=<stored>,W=<wire>"
[[nodiscard]] std::string with_sizes(std::string_view base, std::uint64_t stored, std::uint64_t wire);

// Makes names that no other process and no other call makes: "<seconds>.M<microseconds>P<process>N<count>.<host>".
// One object a process, used on one thread at a time.
class NameMaker {
 public:
  NameMaker(std::string_view host, std::uint64_t process_id) : host_(escape_host(host)), process_(process_id) {}
  [[nodiscard]] std::string make(WallTime now);

 private:
  std::string host_;
  std::uint64_t process_;
  std::uint64_t count_ = 0;
};

}  // namespace courier::store
