// What the settings mean to a session, worked out once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/header.h"
#include "runtime/address.h"
#include "settings/smtpd.h"

namespace courier::smtpd {

struct Config {
  SmtpdSettings settings;
  std::vector<IpNetwork> relay_networks;
  rules::HeaderLimits header;

  [[nodiscard]] bool may_relay(const IpAddress& peer) const;
};

// From the slice. Sessions hold the one they began with.
[[nodiscard]] Result<std::shared_ptr<const Config>, std::string> make_config(const std::string& slice);
[[nodiscard]] Result<std::shared_ptr<const Config>, std::string> make_config(const SmtpdSettings& settings);

}  // namespace courier::smtpd
