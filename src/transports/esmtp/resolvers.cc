#include "transports/esmtp/resolvers.h"

#include "runtime/disk.h"

namespace courier::esmtp {

namespace {
constexpr Duration patience = seconds(15);
constexpr Duration asked_again_after = hours(1);
}  // namespace

Result<void, std::string> Resolvers::open(const EsmtpSettings& settings) {
  DnsSettings dns;
  dns.recurse = settings.dns == "recurse";
  dns.servers = settings.dns_servers;
  dns.local_zones = settings.dns_local_zones;
  std::string error;
  plain_ = make_unbound_resolver(loop_, dns, &error);
  if (!plain_) return fail("dns: " + error);
  state_ = State::Plain;
  if (!settings.dnssec || settings.dns_root_key.empty()) return {};
  // Without the file DNSSEC is off, and `status` says so.
  const auto key = read_file(real_disk(), settings.dns_root_key, 1u << 20);
  if (!key) return {};
  dns.root_key = *key;
  validating_ = make_unbound_resolver(loop_, dns, &error);
  if (!validating_) return fail("dns_root_key: " + error);
  state_ = State::Unknown;
  return {};
}

Task<Resolver*> Resolvers::choose() {
  if (state_ == State::Plain && validating_ && loop_.now() >= ask_again_) state_ = State::Unknown;
  if (state_ == State::Unknown) {
    co_await find_out();
  } else if (state_ == State::Asking) {
    waiting_.push_back(make_cell());
    const CellRef cell = waiting_.back();
    co_await cell;
  }
  co_return state_ == State::Validating ? validating_.get() : plain_.get();
}

// When this is cancelled half-way, the next caller asks.
Task<> Resolvers::find_out() {
  struct Asking {
    explicit Asking(Resolvers& r) : self(r) { self.state_ = State::Asking; }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    ~Asking() {
      if (self.state_ == State::Asking) self.state_ = State::Unknown;
      for (const CellRef& cell : std::exchange(self.waiting_, {})) {
        self.loop_.post([cell] { cell->complete(); });
      }
    }
    Resolvers& self;
  };
  const Asking asking(*this);
  const bool works = co_await validating_->dnssec_works(loop_.in(patience));
  state_ = works ? State::Validating : State::Plain;
  ask_again_ = loop_.now() + asked_again_after;
  probe_.dnssec(works);
}

const char* Resolvers::state() const {
  switch (state_) {
    case State::Validating: return "validating";
    case State::Plain: return "unvalidated";
    default: return "unknown";
  }
}

}  // namespace courier::esmtp
