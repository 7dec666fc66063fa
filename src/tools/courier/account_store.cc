#include "tools/courier/account_store.h"

#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "runtime/disk.h"
#include "store/accounts/admin.h"
#include "tools/courier/instance.h"
#include "tools/courier/unprivileged.h"

namespace courier::tool {

namespace {

Result<void, control::Answer> become_owner(const std::string& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    return fail(control::Answer{EX_UNAVAILABLE, "", folder + ": " + std::strerror(errno) + " (has `courier setup` been run?)"});
  }
  if (::geteuid() != 0 || status.st_uid == 0) return {};
  if (auto done = become({"of " + folder, status.st_uid, status.st_gid}); !done) return fail(control::Answer{EX_NOPERM, "", done.error()});
  return {};
}

control::Answer administer_directly(const Snapshot& snapshot, const std::string& verb, const std::vector<std::string>& arguments) {
  const std::string path = account_database(snapshot);
  if (auto done = become_owner(std::filesystem::path(path).parent_path()); !done) return done.error();
  auto database = accounts::AccountDatabase::open(real_disk(), path);
  if (!database) return {EX_UNAVAILABLE, "", database.error()};
  accounts::Administration how;
  how.naming.default_domain = snapshot.server.host_name;
  how.mail_dir = snapshot.server.mail_dir;
  how.shards = static_cast<std::uint32_t>(snapshot.server.mailbox_shards);
  return accounts::administer(**database, how, verb, arguments);
}

}  // namespace

std::string account_database(const Snapshot& snapshot) { return snapshot.server.state_dir + "/auth/accounts.sqlite"; }

control::Answer administer(const Invocation& invocation, const std::string& verb, const std::vector<std::string>& arguments) {
  const auto settings = instance_settings(invocation);
  if (!settings) return {EX_CONFIG, "", "the settings have faults"};
  if (auto client = ControlClient::connect(control_path(*settings))) return client->ask(verb, arguments);
  return administer_directly(settings->snapshot, verb, arguments);
}

}  // namespace courier::tool
