// History: what senders and clients were told, by any life of the server. It must hold on every disk that a crash may leave.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "simulation/mail.h"
#include "simulation/world.h"

namespace courier::simulation {

// What was found to be wrong, and where first.
class Faults {
 public:
  void add(const std::string& what, const std::string& where) { found_.try_emplace(what, where); }
  [[nodiscard]] bool empty() const { return found_.empty(); }
  // One line each; at most `most`.
  [[nodiscard]] std::string text(std::size_t most = 20) const;

 private:
  std::map<std::string, std::string> found_;
};

struct History {
  // Their senders got 250.
  std::set<int> acknowledged;
  // (account, UIDVALIDITY, UID) that a client saw, and which message it was. No other message may have it ever.
  using Uids = std::map<std::tuple<std::string, std::uint32_t, std::uint32_t>, Name>;
  Uids told;
  // Those told before a STORE in their folder was answered with OK: that one made them durable, too. Until then a crash may cost a
  // message its UID (it gets a new one).
  Uids kept;
  // STORE was answered with OK.
  std::map<std::pair<std::string, Name>, std::set<std::string>> keywords;

  void saw(const std::string& address, const std::vector<Seen>& messages);
  void stored(const std::string& address, const Name& name, const std::string& keyword);
};

}  // namespace courier::simulation
