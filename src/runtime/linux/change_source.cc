#include "runtime/change_source.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>

#include "base/descriptor.h"

namespace courier {

namespace {

constexpr std::uint32_t kEvents = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR;

class Inotify final : public ChangeSource {
 public:
  explicit Inotify(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  int descriptor() const override { return descriptor_.get(); }
  int add(const std::string& directory) override { return ::inotify_add_watch(descriptor_.get(), directory.c_str(), kEvents); }
  void remove(int number) override { (void)::inotify_rm_watch(descriptor_.get(), number); }

  void read(std::vector<int>& changed, bool& lost) override {
    alignas(inotify_event) char buffer[16 * 1024];
    for (;;) {
      const ssize_t got = ::read(descriptor_.get(), buffer, sizeof buffer);
      if (got <= 0) return;
      for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
        inotify_event event;
        std::memcpy(&event, buffer + at, sizeof event);
        if (event.mask & IN_Q_OVERFLOW) lost = true;
        const bool again = !changed.empty() && changed.back() == event.wd;
        if (event.wd >= 0 && !(event.mask & IN_IGNORED) && !again) changed.push_back(event.wd);
        at += sizeof event + event.len;
      }
    }
  }

 private:
  Descriptor descriptor_;
};

}  // namespace

std::unique_ptr<ChangeSource> ChangeSource::open() {
  Descriptor descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!descriptor) return nullptr;
  return std::make_unique<Inotify>(std::move(descriptor));
}

}  // namespace courier
