// Frames (runtime/frame.h) on a Unix socket pair.
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <span>
#include <string_view>

#include "runtime/channel_wire.h"
#include "runtime/frame.h"
#include "runtime/task_group.h"

namespace courier {

namespace {

// Each read goes into a block of this size on the stack, which only what has begun outlives.
constexpr std::size_t read_block = 32 * 1024;

// A frame as it goes out. What was written so far is `sent`.
struct Outgoing {
  FrameHeader header;
  Payload payload;
  std::size_t sent = 0;

  [[nodiscard]] std::size_t left() const { return header.size() + payload.bytes.size() - sent; }
  // Where the rest of it lies: at most two parts. Gives their number.
  std::size_t parts(iovec* into) {
    std::size_t count = 0;
    if (sent < header.size()) into[count++] = {header.data() + sent, header.size() - sent};
    const std::size_t begin = sent - std::min(sent, header.size());
    if (begin < payload.bytes.size()) into[count++] = {payload.bytes.data() + begin, payload.bytes.size() - begin};
    return count;
  }
};

class SocketWire final : public FrameWire {
 public:
  SocketWire(Loop& loop, Descriptor socket, ChannelLimits limits)
      : loop_(loop), socket_(std::move(socket)), watch_(loop.watch(socket_.get())), reader_(limits), tasks_(loop, no_exceptions()) {}
  ~SocketWire() override { stop(); }

  void start(FrameSink& sink) override {
    sink_ = &sink;
    loop_.post([this, alive = alive_] {
      if (*alive && sink_) tasks_.spawn(read_frames());
    });
  }

  void send(Frame frame) override {
    outgoing_.push_back({write_header(frame), std::move(frame.payload)});
    // Written once this turn of the loop is over: what is sent until then goes out together.
    if (writing_) return;
    writing_ = true;
    loop_.post([this, alive = alive_] {
      if (*alive && sink_ && !write_what_fits()) tasks_.spawn(write_the_rest());
    });
  }

  void stop() override {
    if (!sink_) return;
    sink_ = nullptr;
    *alive_ = false;
    // What waits for the end of this turn still goes out as far as it fits: a refusal just before the end is read.
    while (!outgoing_.empty() && write_some() == 0) {}
    // Both coroutines may be on the stack: they see `sink_` and end by themselves; waits end with Canceled.
    ::shutdown(socket_.get(), SHUT_RDWR);
  }

 private:
  // True when nothing is left to write, or the wire has ended.
  bool write_what_fits() {
    while (sink_ && !outgoing_.empty()) {
      const int error = write_some();
      if (error == EAGAIN) return false;
      if (error != 0) end({});
    }
    writing_ = false;
    return true;
  }
  Task<> write_the_rest() {
    do {
      co_await watch_->wait(Direction::Write, Deadline::never());
    } while (!write_what_fits());
  }

  // One sendmsg: of the first frame with its descriptors, or of as many frames without as fit. Gives errno, 0 for success.
  int write_some() {
    iovec parts[128];
    std::size_t count = 0;
    msghdr message{};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 64)];
    for (auto& frame : outgoing_) {
      const std::vector<Descriptor>& descriptors = frame.payload.descriptors;
      const bool brings = frame.sent == 0 && !descriptors.empty();
      if (count + 2 > std::size(parts) || (count > 0 && brings)) break;
      count += frame.parts(parts + count);
      if (brings) {
        attach_descriptors(message, control, descriptors);
        break;
      }
    }
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t n = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) return errno == EINTR ? 0 : errno;
    account(static_cast<std::size_t>(n));
    return 0;
  }

  static void attach_descriptors(msghdr& message, char* control, const std::vector<Descriptor>& descriptors) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    std::memset(control, 0, message.msg_controllen);
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
      const int fd = descriptors[i].get();
      std::memcpy(CMSG_DATA(head) + i * sizeof(int), &fd, sizeof fd);
    }
  }

  void account(std::size_t written) {
    while (written > 0) {
      Outgoing& frame = outgoing_.front();
      frame.payload.descriptors.clear();  // they went with the first byte
      const std::size_t part = std::min(written, frame.left());
      frame.sent += part;
      written -= part;
      if (frame.left() == 0) outgoing_.pop_front();
    }
  }

  Task<> read_frames() {
    while (sink_) {
      co_await watch_->wait(Direction::Read, Deadline::never());
      if (!sink_) break;
      read_available();
    }
  }

  // Reads until there is nothing more yet, delivering frames as they become whole.
  void read_available() {
    const std::shared_ptr<bool> alive = alive_;
    for (;;) {
      char block[read_block];
      const std::span<char> room = reader_.room();
      iovec parts[] = {{room.data(), room.size()}, {block, sizeof block}};
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 64)];
      msghdr message{};
      message.msg_iov = parts;
      message.msg_iovlen = std::size(parts);
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      const ssize_t n = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (n <= 0) return end({});
      const auto count = static_cast<std::size_t>(n);
      reader_.arrived(std::min(count, room.size()), received_descriptors(message));
      if (message.msg_flags & MSG_CTRUNC) return end("descriptors were lost");
      if (!deliver_frames({block, count - std::min(count, room.size())}) || !*alive) return;
      if (count < room.size() + sizeof block) return;
    }
  }

  static std::vector<Descriptor> received_descriptors(msghdr& message) {
    std::vector<Descriptor> received;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
      if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
      const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (std::size_t i = 0; i < count; ++i) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof fd);
        received.emplace_back(fd);
      }
    }
    return received;
  }

  // `more` follows what arrived in the reader's room. False when the wire ended.
  bool deliver_frames(std::string_view more) {
    const std::shared_ptr<bool> alive = alive_;
    for (;;) {
      auto frame = reader_.next(more);
      if (!frame) {
        end(frame.error());
        return false;
      }
      if (!*frame) return true;
      sink_->frame_arrived(std::move(**frame));
      if (!*alive || !sink_) return false;
    }
  }

  void end(const std::string& fault) {
    if (FrameSink* sink = sink_) sink->wire_ended(fault);
  }

  Loop& loop_;
  Descriptor socket_;
  std::unique_ptr<Watch> watch_;
  FrameSink* sink_ = nullptr;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  FrameReader reader_;
  std::deque<Outgoing> outgoing_;
  bool writing_ = false;
  TaskGroup tasks_;
};

}  // namespace

std::unique_ptr<FrameWire> make_socket_wire(Loop& loop, Descriptor socket, ChannelLimits limits) {
  return std::make_unique<SocketWire>(loop, std::move(socket), limits);
}

}  // namespace courier
