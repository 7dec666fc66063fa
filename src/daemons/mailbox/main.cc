#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "daemons/mailbox/daemon.h"
#include "daemons/mailbox/imap/imap.h"
#include "daemons/mailbox/pop3/pop3.h"
#include "store/cache/sqlite_cache.h"

namespace courier::mailbox {
namespace {

// The process of a system user may write in a folder of its own only.
std::string cache_folder(const DaemonContext& context, const MailboxSettings& settings) {
  if (settings.cache_dir.empty() || !context.start.instance.starts_with('u')) return settings.cache_dir;
  return settings.cache_dir + "/" + context.start.instance;
}

Machine make_machine(DaemonContext& context, const MailboxSettings& settings) {
  return {.cache = std::make_unique<store::SqliteCache>(
              context.disk,
              store::CacheSettings{.folder = cache_folder(context, settings), .most_open = static_cast<std::size_t>(settings.open_caches)},
              [&loop = context.loop] { return loop.now(); }),
          .work = make_pool(context.loop, static_cast<int>(settings.work_threads)),
          .delivery = make_pool(context.loop, static_cast<int>(settings.delivery_threads)),
          .watcher = make_file_watcher(context.loop),
          .is_root = ::geteuid() == 0,
          .stream = make_socket_stream};
}

// One probe a protocol, shared by its sessions.
Protocols make_protocols(DaemonContext& context, const MailboxSlice& settings) {
  const auto imap = std::make_shared<ImapProbe>(context.log, context.metrics);
  const auto pop3 = std::make_shared<Pop3Probe>(context.log, context.metrics);
  return {.imap = [imap, &settings](SessionStart start) { return make_imap_session(std::move(start), settings.imap, *imap); },
          .pop3 = [pop3, &settings](SessionStart start) { return make_pop3_session(std::move(start), settings.pop3, *pop3); }};
}

}  // namespace
}  // namespace courier::mailbox

int main() {
  using namespace courier;
#ifdef __GLIBC__
  // The pools' threads wait for disks, not for memory: an arena for each would only keep what a burst left behind.
  (void)::mallopt(M_ARENA_MAX, 2);
#endif
  return run_daemon(
      [](DaemonContext& context) { return std::make_unique<mailbox::Mailbox>(context, mailbox::make_machine, mailbox::make_protocols); });
}
