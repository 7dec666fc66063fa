#include "runtime/dns.h"

namespace courier {

namespace {

template <class Key, class T>
DnsResult<T> look_up(const std::map<Key, DnsResult<T>>& table, const Key& name) {
  const auto found = table.find(name);
  if (found == table.end()) return fail(DnsFault::NoName);
  return found->second;
}

}  // namespace

Task<DnsResult<IpAddress>> FakeResolver::a(std::string name, Deadline) { co_return look_up(a_records, name); }
Task<DnsResult<IpAddress>> FakeResolver::aaaa(std::string name, Deadline) { co_return look_up(aaaa_records, name); }
Task<DnsResult<MxRecord>> FakeResolver::mx(std::string name, Deadline) { co_return look_up(mx_records, name); }
Task<DnsResult<std::string>> FakeResolver::txt(std::string name, Deadline) { co_return look_up(txt_records, name); }
Task<DnsResult<std::string>> FakeResolver::ptr(IpAddress address, Deadline) { co_return look_up(ptr_records, address); }
Task<DnsResult<TlsaRecord>> FakeResolver::tlsa(std::string name, Deadline) { co_return look_up(tlsa_records, name); }
Task<bool> FakeResolver::dnssec_works(Deadline) { co_return dnssec; }

}  // namespace courier
