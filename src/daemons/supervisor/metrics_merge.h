// The metrics of all processes as one Prometheus text: every sample gets a label process="…", and a name's HELP and TYPE
// stand once.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace courier {

[[nodiscard]] std::string merge_metrics(const std::vector<std::pair<std::string, std::string>>& text_by_process);

}  // namespace courier
