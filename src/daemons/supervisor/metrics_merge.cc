#include "daemons/supervisor/metrics_merge.h"

#include <map>
#include <string_view>

#include "base/text.h"

namespace courier {

namespace {

struct Family {
  std::string head;     // HELP and TYPE
  std::string samples;
};

// `name{labels} value` or `name value`.
std::string labelled(std::string_view sample, const std::string& process) {
  const std::size_t end = sample.find_first_of("{ ");
  if (end == std::string_view::npos) return {};
  std::string out(sample.substr(0, end));
  out += "{process=\"" + process + "\"";
  if (sample[end] == '{') {
    out += ',';
    out += sample.substr(end + 1);
  } else {
    out += '}';
    out += sample.substr(end);
  }
  return out + '\n';
}

}  // namespace

std::string merge_metrics(const std::vector<std::pair<std::string, std::string>>& text_by_process) {
  std::map<std::string, Family, std::less<>> families;
  for (const auto& [process, text] : text_by_process) {
    Family* family = nullptr;
    std::string head;
    for (const std::string_view line : split(text, '\n')) {
      if (line.starts_with("# HELP ")) {
        head = std::string(line) + '\n';
      } else if (line.starts_with("# TYPE ")) {
        head += std::string(line) + '\n';
        const std::string_view rest = line.substr(7);
        family = &families[std::string(rest.substr(0, rest.find(' ')))];
        family->head = head;
      } else if (family && !line.empty()) {
        family->samples += labelled(line, process);
      }
    }
  }
  std::string out;
  for (const auto& [name, family] : families) out += family.head + family.samples;
  return out;
}

}  // namespace courier
