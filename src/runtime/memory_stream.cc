// In-memory streams: two byte queues with a limit, for tests and for channels between daemons of one process.
#include <algorithm>
#include <cstring>

#include "runtime/stream.h"

namespace courier {

namespace {

// One direction: what the writer put and the reader has not taken yet.
struct Pipe {
  std::string bytes;
  std::size_t capacity = 0;
  bool finished = false;      // the writer will write no more
  bool reader_gone = false;
  CellRef reader, writer;     // who waits
};

// Waiters are woken by post, so that a write never runs the reader on the writer's stack.
void wake(Loop& loop, CellRef& waiter) {
  if (!waiter) return;
  loop.post([cell = std::move(waiter)] { cell->complete(static_cast<int>(Readiness::Ready)); });
  waiter = {};
}

class MemoryStream final : public Stream {
 public:
  MemoryStream(Loop& loop, std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out) : loop_(loop), in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override {
    in_->reader_gone = true;
    out_->finished = true;
    wake(loop_, in_->writer);
    wake(loop_, out_->reader);
  }

  Task<IoResult<void>> readable(Deadline deadline) override {
    if (!in_->bytes.empty() || in_->finished) co_return IoResult<void>{};
    co_return co_await wait(in_->reader, deadline);
  }
  Task<IoResult<void>> writable(Deadline deadline) override {
    if (out_->bytes.size() < out_->capacity || out_->reader_gone) co_return IoResult<void>{};
    co_return co_await wait(out_->writer, deadline);
  }
  IoResult<std::size_t> read_now(std::span<char> into) override {
    if (in_->bytes.empty()) return fail(IoError{in_->finished ? IoFault::Closed : IoFault::WouldBlock, 0, {}});
    const std::size_t n = std::min(into.size(), in_->bytes.size());
    std::memcpy(into.data(), in_->bytes.data(), n);
    in_->bytes.erase(0, n);
    wake(loop_, in_->writer);
    return n;
  }
  IoResult<std::size_t> write_now(std::string_view bytes) override {
    if (out_->reader_gone || out_->finished) return fail(IoError{IoFault::Reset, 0, {}});
    const std::size_t room = out_->capacity - std::min(out_->capacity, out_->bytes.size());
    if (room == 0) return fail(IoError{IoFault::WouldBlock, 0, {}});
    const std::size_t n = std::min(room, bytes.size());
    out_->bytes.append(bytes.substr(0, n));
    wake(loop_, out_->reader);
    return n;
  }
  void finish_writing() override {
    out_->finished = true;
    wake(loop_, out_->reader);
  }
  // Both ends look like connections on the loopback address.
  Endpoint local() const override { return {IpAddress::v4(0x7F000001), 1, {}}; }
  Endpoint peer() const override { return {IpAddress::v4(0x7F000001), 2, {}}; }

 private:
  Task<IoResult<void>> wait(CellRef& place, Deadline deadline) {
    const CellRef cell = make_cell();
    place = cell;
    TimerId timer;
    if (!deadline.is_never()) {
      timer = loop_.add_timer(deadline.at, [cell] { cell->complete(static_cast<int>(Readiness::TimedOut)); });
    }
    Loop& loop = loop_;  // the stream may be destroyed while this waits
    const int outcome = co_await cell;
    loop.cancel_timer(timer);
    if (outcome == static_cast<int>(Readiness::TimedOut)) co_return fail(IoError{IoFault::TimedOut, 0, {}});
    co_return IoResult<void>{};
  }

  Loop& loop_;
  std::shared_ptr<Pipe> in_, out_;
};

}  // namespace

StreamPair make_memory_streams(Loop& loop, std::size_t capacity) {
  const auto one = std::make_shared<Pipe>();
  const auto other = std::make_shared<Pipe>();
  one->capacity = other->capacity = capacity;
  return {std::make_unique<MemoryStream>(loop, one, other), std::make_unique<MemoryStream>(loop, other, one)};
}

}  // namespace courier
