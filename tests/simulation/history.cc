#include "simulation/history.h"

namespace courier::simulation {

std::string Faults::text(std::size_t most) const {
  std::string lines;
  for (const auto& [what, where] : found_) {
    if (most-- == 0) return lines + "and more: " + std::to_string(found_.size()) + " in all\n";
    lines += what;
    lines += " (first: ";
    lines += where;
    lines += ")\n";
  }
  return lines;
}

void History::saw(const std::string& address, const std::vector<Seen>& messages) {
  for (const Seen& one : messages) told.insert_or_assign({address, one.uid_validity, one.uid}, one.name);
}

void History::stored(const std::string& address, const Name& name, const std::string& keyword) {
  keywords[{address, name}].insert(keyword);
  for (const auto& [place, whose] : told) {
    if (std::get<0>(place) == address) kept.insert_or_assign(place, whose);
  }
}

}  // namespace courier::simulation
