// Frames (runtime/frame.h) on a Unix socket pair.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <span>

#include "runtime/channel_wire.h"
#include "runtime/frame.h"
#include "runtime/task_group.h"

namespace courier {

namespace {

// A frame as it goes out: header and payload in one string. What was written so far is `sent`.
struct Outgoing {
  std::string bytes;
  std::vector<Descriptor> descriptors;
  std::size_t sent = 0;
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
    Outgoing out;
    out.bytes = write_frame(frame);
    out.descriptors = std::move(frame.payload.descriptors);
    outgoing_.push_back(std::move(out));
    // Written once this turn of the loop is over: what is sent until then goes out together.
    if (writing_) return;
    writing_ = true;
    loop_.post([this, alive = alive_] {
      if (*alive && sink_) tasks_.spawn(write_frames());
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
  Task<> write_frames() {
    while (sink_ && !outgoing_.empty()) {
      const int error = write_some();
      if (error == EAGAIN) {
        co_await watch_->wait(Direction::Write, Deadline::never());
      } else if (error != 0) {
        end({});
      }
    }
    writing_ = false;
    if (outgoing_.empty()) std::deque<Outgoing>().swap(outgoing_);
  }

  // One sendmsg: of the first frame with its descriptors, or of as many frames without as fit. Gives errno, 0 for success.
  int write_some() {
    iovec parts[64];
    std::size_t count = 0;
    msghdr message{};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 64)];
    for (auto& frame : outgoing_) {
      const bool begins = frame.sent == 0;
      if (count == std::size(parts) || (count > 0 && begins && !frame.descriptors.empty())) break;
      parts[count++] = {frame.bytes.data() + frame.sent, frame.bytes.size() - frame.sent};
      if (begins && !frame.descriptors.empty()) {
        attach_descriptors(message, control, frame.descriptors);
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
      frame.descriptors.clear();  // they went with the first byte
      const std::size_t part = std::min(written, frame.bytes.size() - frame.sent);
      frame.sent += part;
      written -= part;
      if (frame.sent == frame.bytes.size()) outgoing_.pop_front();
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
      const std::span<char> room = reader_.room();
      iovec part{room.data(), room.size()};
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 64)];
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      const ssize_t n = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      const int error = errno;
      reader_.arrived(static_cast<std::size_t>(std::max<ssize_t>(n, 0)), n > 0 ? received_descriptors(message) : std::vector<Descriptor>());
      if (n < 0 && (error == EAGAIN || error == EINTR)) return;
      if (n <= 0) return end({});
      if (message.msg_flags & MSG_CTRUNC) return end("descriptors were lost");
      if (!deliver_frames() || !*alive) return;
      if (static_cast<std::size_t>(n) < room.size()) return;
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

  // False when the wire ended.
  bool deliver_frames() {
    const std::shared_ptr<bool> alive = alive_;
    for (;;) {
      auto frame = reader_.next();
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
