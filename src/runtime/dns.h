// DNS: questions through libunbound, or a table in tests. Names are given and returned in ASCII (A-labels), lower case,
// without the final dot.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/address.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier {

enum class DnsFault {
  NoName,     // the name does not exist (NXDOMAIN)
  NoData,     // the name exists, without records of that type
  TryAgain,   // time-out, SERVFAIL, no server reached
  Bogus,      // DNSSEC says the answer is forged; to be treated as TryAgain
};
[[nodiscard]] const char* to_string(DnsFault fault);

// `secure`: validated by DNSSEC from the root.
template <class T>
struct DnsAnswer {
  std::vector<T> records;
  bool secure = false;
  std::string canonical_name;
};
template <class T>
using DnsResult = Result<DnsAnswer<T>, DnsFault>;

struct MxRecord {
  std::uint16_t preference = 0;
  std::string exchange;  // empty: null MX (RFC 7505)
  auto operator<=>(const MxRecord&) const = default;
};
struct TlsaRecord {
  std::uint8_t usage = 0, selector = 0, matching = 0;
  std::string data;
  auto operator<=>(const TlsaRecord&) const = default;
};

class Resolver {
 public:
  virtual ~Resolver() = default;
  [[nodiscard]] virtual Task<DnsResult<IpAddress>> a(std::string name, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<DnsResult<IpAddress>> aaaa(std::string name, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<DnsResult<MxRecord>> mx(std::string name, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<DnsResult<std::string>> txt(std::string name, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<DnsResult<std::string>> ptr(IpAddress address, Deadline deadline) = 0;
  [[nodiscard]] virtual Task<DnsResult<TlsaRecord>> tlsa(std::string name, Deadline deadline) = 0;
  // The root's keys were fetched and validated: `secure` can be trusted to be true where it should be. Without root key: false.
  [[nodiscard]] virtual Task<bool> dnssec_works(Deadline deadline) = 0;
};

struct DnsSettings {
  bool recurse = false;                     // false: forward to `servers` (none: those of /etc/resolv.conf)
  std::vector<std::string> servers;         // "192.0.2.53" or "192.0.2.53@5353"
  std::string root_key;                     // DNSKEY or DS text of the root; empty: DNSSEC off
  std::vector<std::string> local_zones;     // these domains are answered with NoName without asking anyone: "example.test"
};
// The settings are checked when it returns, and /etc/resolv.conf is read: nothing is opened later that a sandbox would forbid.
// libunbound's memory and its thread, which so is inside the sandbox too, are there from the first question on. With `servers` of our own the private domains (test., 10.in-addr.arpa., ...) are
// asked of them; otherwise these are answered with NoName here (RFC 6303, RFC 6761).
// Coroutines that wait for an answer must be gone before the resolver is destroyed. Null when libunbound refuses the
// settings: a server or key that does not parse; `error` then says which.
[[nodiscard]] std::unique_ptr<Resolver> make_unbound_resolver(Loop& loop, const DnsSettings& settings, std::string* error = nullptr);

// Answers from a table; unknown names are NoName. For tests.
class FakeResolver final : public Resolver {
 public:
  std::map<std::string, DnsResult<IpAddress>> a_records, aaaa_records;
  std::map<std::string, DnsResult<MxRecord>> mx_records;
  std::map<std::string, DnsResult<std::string>> txt_records;
  std::map<IpAddress, DnsResult<std::string>> ptr_records;
  std::map<std::string, DnsResult<TlsaRecord>> tlsa_records;
  Task<DnsResult<IpAddress>> a(std::string name, Deadline) override;
  Task<DnsResult<IpAddress>> aaaa(std::string name, Deadline) override;
  Task<DnsResult<MxRecord>> mx(std::string name, Deadline) override;
  Task<DnsResult<std::string>> txt(std::string name, Deadline) override;
  Task<DnsResult<std::string>> ptr(IpAddress address, Deadline) override;
  Task<DnsResult<TlsaRecord>> tlsa(std::string name, Deadline) override;
  Task<bool> dnssec_works(Deadline) override;
  bool dnssec = false;
};

}  // namespace courier
