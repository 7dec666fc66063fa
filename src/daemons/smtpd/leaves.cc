#include "daemons/smtpd/leaves.h"

#include <utility>

#include "contracts/auth.h"

namespace courier::smtpd {

std::optional<Leave> Leaves::take(const std::string& peer) {
  const auto place = kept_.find(peer);
  if (place == kept_.end()) return std::nullopt;
  const Leave leave = place->second.back().leave;
  place->second.pop_back();
  --count_;
  if (place->second.empty()) kept_.erase(place);
  if (leave.generation != auth_.generation()) return std::nullopt;  // an auth that was restarted does not know it
  return leave;
}

void Leaves::keep(const std::string& peer, Leave leave) {
  if (count_ >= most_) return give_back(leave);
  kept_[peer].push_back({.leave = leave});
  if (count_++ == 0 && timer_.number == 0) timer_ = loop_.add_timer(loop_.now() + lifetime_, [this] { sweep(); });
}

void Leaves::give_back(Leave leave) {
  if (leave.connection != 0 && leave.generation == auth_.generation()) auth_.notify(auth::Disconnected{leave.connection});
}

// Those that were here at the last one go.
void Leaves::sweep() {
  timer_ = {};
  for (auto place = kept_.begin(); place != kept_.end();) {
    std::vector<Kept>& leaves = place->second;
    for (Kept& kept : leaves) {
      if (std::exchange(kept.seen, true)) give_back(std::exchange(kept.leave, {}));
    }
    count_ -= std::erase_if(leaves, [](const Kept& kept) { return kept.leave.connection == 0; });
    place = leaves.empty() ? kept_.erase(place) : std::next(place);
  }
  if (count_ > 0) timer_ = loop_.add_timer(loop_.now() + lifetime_, [this] { sweep(); });
}

}  // namespace courier::smtpd
