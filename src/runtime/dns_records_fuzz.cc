// Record data as any name server on the way may send it.
#include "runtime/dns_records.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"

using namespace courier;

namespace {

// Fit for a log line and a reply.
bool is_harmless(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto name = dns::read_name(bytes)) CHECK(is_harmless(*name));
  if (const auto mx = dns::read_mx(bytes)) CHECK(is_harmless(mx->exchange));
  if (const auto ip = dns::read_a(bytes)) CHECK(ip->is_v4() && size == 4);
  CHECK(dns::read_aaaa(bytes).has_value() == (size == 16));
  if (const auto text = dns::read_txt(bytes)) CHECK(text->size() < size);
  if (const auto tlsa = dns::read_tlsa(bytes)) CHECK(tlsa->data.size() + 3 == size);
  return 0;
}
