#include "simulation/inspection.h"

#include <algorithm>

#include "store/cache/cache_file.h"
#include "store/maildir/message_name.h"

namespace courier::simulation {

namespace {

constexpr int after_the_crash = 100'001;  // mail(), to every account

std::string maildir_of(int n) { return queue::testing::FakeAuth::maildir_of(account(n)); }
std::string cache_of(int n) { return maildir_of(n) + "/courier-cache.sqlite"; }

}  // namespace

void Inspection::check(SimulatedDisk& left, WallTime now, Depth depth) {
  Inboxes inboxes;
  WallTime later = now + minutes(2);
  {
    World world(left, later, 2);
    if (const std::string error = world.serve(); !error.empty()) return fault("no second start: " + error);
    if (depth != Depth::Files) send_to_all(world);
    if (!world.settle()) fault("messages stay in the queue");
    if (depth != Depth::Files) inboxes = look(world);
    later = world.loop.wall_now();
  }
  Files files = read_files(left);
  check_files(files);
  if (depth == Depth::Files) return;
  check_inboxes(inboxes, files);
  check_uids(inboxes);
  check_keywords(inboxes);
  if (depth == Depth::Caches) check_without_caches(left, later, inboxes);
}

// Its UIDs must be new ones.
void Inspection::send_to_all(World& world) {
  submit::Submit request = mail(after_the_crash);
  request.envelope.recipients.clear();
  for (int n = 0; n < account_count; ++n) request.envelope.recipients.push_back({.address = account(n), .notify = 0, .original = {}});
  if (run_until_done(world.loop, world.send(std::move(request))) != submit::Outcome::Accepted) fault("no new mail is taken");
}

Inspection::Inboxes Inspection::look(World& world) {
  Inboxes inboxes;
  for (int n = 0; n < account_count; ++n) {
    auto seen = world.look(account(n));
    if (seen) {
      inboxes[account(n)] = std::move(*seen);
    } else {
      fault("a folder cannot be read: " + seen.error().text);
    }
  }
  return inboxes;
}

Inspection::Files Inspection::read_files(SimulatedDisk& disk) {
  Files files;
  for (int n = 0; n < account_count; ++n) {
    const auto there = store::list_messages(disk, maildir_of(n));
    if (!there) continue;  // nothing came for it yet
    for (const store::MessageFile& file : *there) {
      const auto bytes = read_file(disk, store::file_path(maildir_of(n), file.place, file.name));
      const Name name = bytes ? name_of(*bytes) : Name();
      if (name.empty()) fault("a damaged message for " + account(n));
      if (!bytes || store::size_of(file.name) != bytes->size()) fault("another size than its name says: " + file.name);
      if (++files[account(n)][name] == 2) fault(name + " twice for " + account(n));
    }
  }
  return files;
}

void Inspection::check_files(Files& files) {
  for (const int n : history_.acknowledged) {
    for (const auto& [address, name] : copies_of(n)) {
      if (!files[address].contains(name)) fault(name + " is lost for " + address);
    }
  }
}

void Inspection::check_inboxes(const Inboxes& inboxes, const Files& files) {
  for (const auto& [address, messages] : inboxes) {
    std::map<Name, int> seen;
    for (const Seen& one : messages) ++seen[one.name];
    if (!seen.contains("M" + std::to_string(after_the_crash))) fault("what was sent after the crash does not come");
    if (!files.contains(address) || files.at(address) != seen) fault("clients do not see what lies in the maildir of " + address);
  }
}

void Inspection::check_uids(const Inboxes& inboxes) {
  for (const auto& [address, messages] : inboxes) {
    std::map<Name, std::pair<std::uint32_t, std::uint32_t>> now;
    for (const Seen& one : messages) {
      now[one.name] = {one.uid_validity, one.uid};
      const auto told = history_.told.find({address, one.uid_validity, one.uid});
      if (told != history_.told.end() && told->second != one.name) fault("one UID names " + told->second + " and " + one.name);
    }
    for (const auto& [place, name] : history_.kept) {
      const auto& [whose, uid_validity, uid] = place;
      if (whose != address || !now.contains(name)) continue;  // what is lost is told elsewhere
      if (now[name] != std::pair(uid_validity, uid)) fault(name + " has another UID than before");
    }
  }
}

void Inspection::check_keywords(const Inboxes& inboxes) {
  for (const auto& [copy, wanted] : history_.keywords) {
    const auto inbox = inboxes.find(copy.first);
    if (inbox == inboxes.end()) continue;
    for (const Seen& one : inbox->second) {
      if (one.name != copy.second) continue;
      const std::set<std::string> has(one.keywords.begin(), one.keywords.end());
      if (!std::ranges::includes(has, wanted)) fault("keywords of " + copy.second);
    }
  }
}

void Inspection::check_without_caches(SimulatedDisk& disk, WallTime now, const Inboxes& before) {
  for (int n = 0; n < account_count; ++n) {
    if (!exists(disk, cache_of(n))) fault("no cache was written");
    store::CacheFile::erase(disk, cache_of(n));
  }
  World world(disk, now + minutes(2), 3);
  if (const std::string error = world.serve(); !error.empty()) return fault("no third start: " + error);
  const Inboxes after = look(world);
  for (const auto& [address, messages] : before) {
    const auto place = after.find(address);
    if (place == after.end() || place->second != messages) fault("the loss of the cache changed what " + address + " sees");
  }
}

}  // namespace courier::simulation
