#include "daemons/smtpd/config.h"

#include <algorithm>

namespace courier::smtpd {

bool Config::may_relay(const IpAddress& peer) const {
  return std::any_of(relay_networks.begin(), relay_networks.end(), [&](const IpNetwork& network) { return network.contains(peer); });
}

Result<std::shared_ptr<const Config>, std::string> make_config(const std::string& slice) {
  SmtpdSettings settings;
  if (!decode_settings(slice, settings)) return fail(std::string("settings slice does not decode"));
  return make_config(settings);
}

Result<std::shared_ptr<const Config>, std::string> make_config(const SmtpdSettings& settings) {
  auto config = std::make_shared<Config>();
  config->settings = settings;
  for (const std::string& text : settings.relay_networks) {
    const auto network = IpNetwork::parse(text);
    // The loader refused these already; a slice that has them was not made by it.
    if (!network || !relay_network_fault(text).empty()) return fail("smtpd.relay_networks: " + text);
    config->relay_networks.push_back(*network);
  }
  const auto limit = [](std::int64_t value) { return static_cast<std::size_t>(value); };
  config->header = {limit(settings.max_header_size), limit(settings.max_header_fields), limit(settings.max_header_line),
                    limit(settings.max_hops)};
  return config;
}

}  // namespace courier::smtpd
