// Slots: how many delivery attempts run at the same time, per transport and per host, and who is next.
//
// An attempt waits with its host when the transport or the host has no free slot. When an attempt ends, its host moves to the head
// of the transport's list, so that the next message for a host that just answered goes out at once (and over the same
// connection); after every second end the host at the tail moves to the head, so that none starves. Slots are then given in that
// order. A host that does not answer is paused: whoever wants it is told until when, and does not wait here.
// Belongs to one loop.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "runtime/loop.h"
#include "runtime/task.h"

namespace courier::queue {

enum class Transport : std::uint8_t { Local, Remote };

struct SlotLimits {
  std::size_t running = 1;   // of the transport
  std::size_t per_host = 1;
  // More than this wait for one host: the next is told to come again in a minute, so that a slow host does not fill the window.
  std::size_t waiting_per_host = std::numeric_limits<std::size_t>::max();
};

class Slots {
 public:
  explicit Slots(Loop& loop) : loop_(loop) {}

  void set_limits(Transport transport, SlotLimits limits);

  // A slot, held until destroyed; or none, and the time until which the host is paused or its line too long.
  class Slot {
   public:
    Slot() = default;
    Slot(Slots& slots, Transport transport, std::string host) : slots_(&slots), transport_(transport), host_(std::move(host)) {}
    Slot(Slot&& other) noexcept
        : paused_until(other.paused_until),
          slots_(std::exchange(other.slots_, nullptr)),
          transport_(other.transport_),
          host_(std::move(other.host_)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot();
    [[nodiscard]] explicit operator bool() const { return slots_ != nullptr; }
    Instant paused_until{};

   private:
    Slots* slots_ = nullptr;
    Transport transport_ = Transport::Local;
    std::string host_;
  };
  [[nodiscard]] Task<Slot> acquire(Transport transport, std::string host);
  // The same without waiting: nothing when one would have to.
  [[nodiscard]] std::optional<Slot> try_acquire(Transport transport, const std::string& host);

  // Nobody gets a slot for that host for so long; who waits for one is told. What runs goes on.
  void pause(Transport transport, const std::string& host, Duration time);

  [[nodiscard]] std::size_t running(Transport transport) const;
  [[nodiscard]] std::size_t waiting(Transport transport) const;

 private:
  struct Waiter;
  struct Host {
    std::size_t running = 0;
    std::deque<CellRef> waiting;
    Instant paused_until{};
    std::list<std::string>::iterator place;
  };
  struct Lane {
    SlotLimits limits;
    std::size_t running = 0;
    std::size_t waiting = 0;
    std::uint64_t ended = 0;
    std::unordered_map<std::string, Host> hosts;
    std::list<std::string> order;  // most recently used first
  };
  [[nodiscard]] Lane& lane(Transport transport) { return lanes_[static_cast<std::size_t>(transport)]; }
  [[nodiscard]] const Lane& lane(Transport transport) const { return lanes_[static_cast<std::size_t>(transport)]; }
  [[nodiscard]] Host& host(Lane& lane, const std::string& name);
  void release(Transport transport, const std::string& name);
  void grant(Lane& lane);
  void forget(Lane& lane, const std::string& name);

  Loop& loop_;
  Lane lanes_[2];
};

}  // namespace courier::queue
