#include "simulation/crash_run.h"

#include "store/maildir/maildir.h"

namespace courier::simulation {

namespace {

constexpr int together = 10;
constexpr int caches_every = 4;  // of the inspections with clients
constexpr std::uint64_t sync_fails_every = 20;  // boundaries
constexpr std::uint64_t mail_moves_every = 7;

}  // namespace

CrashRun::CrashRun(Options options) : options_(std::move(options)) {
  if (options_.ignored_syncs) disk_.ignore_syncs(options_.ignored_syncs->which, options_.ignored_syncs->part);
  if (!options_.whole_volumes) disk_.refuse_volume_syncs();
}
CrashRun::~CrashRun() = default;

void CrashRun::go() {
  start();
  disk_.set_boundary_hook([this](std::uint64_t number) { at_boundary(number); });
  const int rounds = options_.messages / together;
  for (int round = 0; round < rounds && !done_early(); ++round) {
    send_ten(round * together);
    clients_work(round);
    if (round == rounds / 2) restart();
  }
  if (!world_->settle()) faults.add("messages stay in the queue", "the run itself");
  clients_work(rounds);
  boundaries = disk_.boundaries();
  const auto volume_syncs_made = disk_.calls().find("sync_volume");
  if (volume_syncs_made != disk_.calls().end()) volume_syncs = volume_syncs_made->second;
  disk_.set_boundary_hook(nullptr);
  // What is there when nothing fails any more is inspected like a crash that loses nothing.
  if (!done_early()) Inspection(history, faults, "the end").check(*disk_.survivor(1), now(), Depth::Caches);
  world_.reset();
}

// Ending writes, too: then there is no world.
WallTime CrashRun::now() const { return world_ ? world_->loop.wall_now() : ended_; }

void CrashRun::start() {
  // courierd starts again what ends at once, because a sync failed.
  std::string error;
  for (int i = 0; i < 3; ++i) {
    ended_ = now();
    world_.reset();
    world_.emplace(disk_, ended_ + minutes(1), ++boots_ * 10);
    error = world_->serve();
    if (error.empty()) return;
  }
  faults.add("no start: " + error, "the run itself");
}

// Half of the way: both end, and the spool's log goes into its database.
void CrashRun::restart() {
  world_->sign_out();
  start();
}

void CrashRun::send_ten(int first) {
  TaskGroup senders(world_->loop, no_exceptions());
  for (int i = 0; i < together; ++i) senders.spawn(send(first + i));
  world_->loop.run_ready();
  // Where a sync failed there are waits.
  while (senders.size() > 0) world_->loop.advance(seconds(1));
}

Task<> CrashRun::send(int n) {
  const submit::Outcome outcome = co_await world_->send(mail(n));
  if (outcome == submit::Outcome::Accepted) history.acknowledged.insert(n);
}

void CrashRun::clients_work(int round) {
  world_->loop.advance(seconds(20));
  for (int i = 0; i < account_count && !done_early(); ++i) {
    if ((i + round) % 3 == 0) continue;  // not everybody looks every time
    const auto seen = world_->look(account(i));
    if (!seen) continue;
    history.saw(account(i), *seen);
    if (seen->empty()) continue;
    const Seen& one = (*seen)[static_cast<std::size_t>(round) % seen->size()];
    const std::string word = "round" + std::to_string(round);
    if (world_->mark(account(i), one.uid, word)) history.stored(account(i), one.name, word);
  }
}

Depth CrashRun::next_depth() {
  ++inspections;
  if (inspections % options_.clients_every != 0) return Depth::Files;
  return inspections / options_.clients_every % caches_every == 0 ? Depth::Caches : Depth::Clients;
}

void CrashRun::fail_a_sync(std::uint64_t turn) {
  const auto& files = options_.failing_syncs;
  const auto& directories = options_.failing_directory_syncs;
  if (!files.empty()) disk_.fail_next_sync(files[turn % files.size()]);
  if (!directories.empty()) disk_.fail_next_directory_sync(directories[turn % directories.size()]);
  const auto& volumes = options_.failing_volume_syncs;
  if (!volumes.empty()) disk_.fail_next_volume_sync(volumes[turn % volumes.size()]);
  if (!files.empty() || !directories.empty() || !volumes.empty()) ++syncs_failed;
}

// As mutt does, whether or not the queue knows yet that the message was delivered.
void CrashRun::move_mail(const std::string& maildir) {
  const auto there = store::list_messages(disk_, maildir);
  if (!there) return;
  bool flagged = false;  // one at a time
  for (const store::MessageFile& file : *there) {
    const bool is_new = file.place == store::Place::New;
    if (!is_new && (flagged || !file.name.ends_with(":2,S"))) continue;
    flagged |= !is_new;
    const std::string after = file.name.substr(0, file.name.find(':')) + (is_new ? ":2,S" : ":2,FS");
    if (disk_.rename(store::file_path(maildir, file.place, file.name), store::file_path(maildir, store::Place::Cur, after))) ++moved;
  }
}

void CrashRun::at_boundary(std::uint64_t number) {
  if (number % sync_fails_every == 0) fail_a_sync(number / sync_fails_every);
  // What is moved while the sync of its directory fails is written again and may be there twice.
  if (number % mail_moves_every == 0 && options_.failing_directory_syncs.empty())
    move_mail(queue::testing::FakeAuth::maildir_of(account(static_cast<int>(number / mail_moves_every))));
  const int looks = options_.looks(number);
  for (int i = 0; i < looks && !done_early(); ++i) {
    // Nothing unsynced, all of it, and random parts.
    const std::uint64_t turn = number + static_cast<std::uint64_t>(i);
    const std::uint64_t seed = turn % 8 < 2 ? turn % 8 : number * 7919 + static_cast<std::uint64_t>(i) * 31 + 5;
    const std::string where = "boundary " + std::to_string(number) + ", seed " + std::to_string(seed);
    const auto left = disk_.survivor(seed);
    Inspection(history, faults, where).check(*left, now(), next_depth());
  }
}

}  // namespace courier::simulation
