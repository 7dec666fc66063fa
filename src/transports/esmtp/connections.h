// Connections: the sessions that are open, at most so many for one key and in all. A session that is given back waits for
// the next message with the same key; the most recently used one goes first. Whoever finds no room waits in line.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/loop.h"
#include "runtime/task_group.h"
#include "transports/esmtp/probe.h"
#include "transports/esmtp/session.h"

namespace courier::esmtp {

class Connections {
 public:
  struct Limits {
    std::size_t per_key = 20, in_all = 500;
    Duration keep_idle, quit_timeout;
  };

  // The right to one connection, with the session, once there is one. Destroying it gives the right back and closes the
  // session at once.
  class Lease {
   public:
    Lease() = default;
    Lease(Connections& owner, std::string key, std::unique_ptr<Session> session)
        : owner_(&owner), key_(std::move(key)), session_(std::move(session)) {}
    Lease(Lease&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)), session_(std::move(other.session_)) {}
    Lease& operator=(Lease other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(key_, other.key_);
      std::swap(session_, other.session_);
      return *this;
    }
    ~Lease() {
      if (owner_) owner_->give_back(key_);
    }
    // Null: to be opened by the holder.
    [[nodiscard]] Session* session() const { return session_.get(); }
    void set_session(std::unique_ptr<Session> session) { session_ = std::move(session); }
    // Gives the session back for others; one that ended is closed.
    void keep();

   private:
    Connections* owner_ = nullptr;
    std::string key_;
    std::unique_ptr<Session> session_;
  };

  Connections(Loop& loop, Probe& probe, Limits limits);
  ~Connections();
  void set_limits(Limits limits) { limits_ = limits; }

  // `fresh`: a new connection, not a kept one. Nothing: the deadline came first.
  [[nodiscard]] Task<std::optional<Lease>> acquire(std::string key, bool fresh, Deadline deadline);

  // Says QUIT on every idle connection and waits until all are closed. False when the deadline came first.
  [[nodiscard]] Task<bool> close_idle(Deadline deadline);

  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] std::size_t idle() const { return idle_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  class Place;  // of one who waits
  struct Site {
    std::size_t open = 0;
    std::deque<std::unique_ptr<Session>> idle;  // the most recently used last
    std::deque<CellRef> line;
  };

  std::optional<Lease> take(const std::string& key, Site& site, bool fresh);
  std::unique_ptr<Session> take_idle(const std::string& key, Site& site);
  static bool nobody_waits(std::deque<CellRef>& line);
  Task<bool> wait_in_line(CellRef cell, Deadline deadline);
  bool make_room(Site& site);
  bool close_oldest_idle();
  void close_one_idle(Site& site);
  void give_back(const std::string& key);
  void put_idle(const std::string& key, std::unique_ptr<Session> session);
  void wake(const std::string& key);
  bool call_first(std::deque<CellRef>& line);
  void sweep();
  void arm_sweep();
  void retire(std::unique_ptr<Session> session);
  Task<> quit(std::unique_ptr<Session> session);
  void left();

  Loop& loop_;
  Probe& probe_;
  Limits limits_;
  std::map<std::string, Site> sites_;
  std::deque<CellRef> line_for_any_;  // those whom the limit in all holds up
  std::size_t open_ = 0, idle_ = 0, waiting_ = 0;
  TimerId sweep_timer_;
  TaskGroup quitting_;
};

}  // namespace courier::esmtp
