// Pumps: sessions under TLS. The TLS ends here; the mailbox process has one end of a socket pair, and a pump carries bytes
// between the two. A pump holds a buffer only while bytes move that the other side does not take at once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "runtime/loop.h"
#include "runtime/stream.h"
#include "runtime/tls.h"

namespace courier::front {

class Pumps {
 public:
  explicit Pumps(Loop& loop) : loop_(loop) {}
  ~Pumps();

  // Runs until the mailbox side ends, or the client is gone. `context` stays alive as long as the client's stream.
  void start(std::shared_ptr<TlsServerContext> context, StreamPtr client, StreamPtr mailbox);
  [[nodiscard]] std::size_t size() const { return pumps_.size(); }
  // False when the deadline came first. One waiter at a time.
  [[nodiscard]] Task<bool> wait_empty(Deadline deadline);

 private:
  struct Pump {
    std::shared_ptr<TlsServerContext> context;
    StreamPtr client, mailbox;
    Task<> up, down;  // destroyed before the streams they wait for
  };
  [[nodiscard]] Task<> up(std::uint64_t number);
  [[nodiscard]] Task<> down(std::uint64_t number);
  // Carries until `from` ends. True: it ended as it should.
  [[nodiscard]] Task<bool> carry(Stream& from, Stream& to);
  void forget(std::uint64_t number);

  Loop& loop_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Pump>> pumps_;
  CellRef emptied_;
  std::array<char, 16384> buffer_{};  // between two awaits it belongs to whoever runs
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace courier::front
