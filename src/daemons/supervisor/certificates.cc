#include "daemons/supervisor/certificates.h"

#include "base/text.h"

namespace courier {

Result<std::vector<control::Certificate>, std::string> read_certificates(Disk& disk, const std::vector<std::string>& entries) {
  constexpr std::uint64_t longest = 1u << 20;
  std::vector<control::Certificate> out;
  for (const std::string& entry : entries) {
    const auto paths = split(entry, ' ');
    const std::string chain_path(paths.front()), key_path(paths.back());
    auto chain = read_file(disk, chain_path, longest);
    if (!chain) return fail(to_string(chain.error()));
    auto key = read_file(disk, key_path, longest);
    if (!key) return fail(to_string(key.error()));
    if (chain->find("-----BEGIN CERTIFICATE-----") == std::string::npos) return fail(chain_path + " holds no certificate in PEM form");
    if (key->find("PRIVATE KEY-----") == std::string::npos) return fail(key_path + " holds no private key in PEM form");
    out.push_back({std::move(*chain), std::move(*key)});
  }
  return out;
}

}  // namespace courier
