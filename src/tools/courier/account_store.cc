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

// As auth has it.
accounts::Administration administration(const Snapshot& snapshot) {
  const AuthSettings& auth = snapshot.auth;
  accounts::Administration how;
  how.naming.default_domain = auth.default_domain.empty() ? effective_host_name(snapshot.server) : auth.default_domain;
  how.naming.extension_separators = auth.extension_separators;
  how.naming.fold_local_parts = auth.fold_local_parts;
  how.naming.host_name = effective_host_name(snapshot.server);
  how.naming.postmaster = auth.postmaster;
  how.cost.scheme = auth.password_scheme == "yescrypt" ? accounts::Scheme::Yescrypt : accounts::Scheme::Argon2id;
  how.cost.memory_kib = static_cast<std::uint32_t>(auth.argon2_memory >> 10);
  how.cost.passes = static_cast<std::uint32_t>(auth.argon2_passes);
  how.mail_dir = snapshot.server.mail_dir;
  how.shards = static_cast<std::uint32_t>(effective_mailbox_shards(snapshot.server));
  return how;
}

control::Answer administer_directly(const Snapshot& snapshot, const std::string& verb, const std::vector<std::string>& arguments) {
  const std::string path = account_database(snapshot);
  if (auto done = become_owner(std::filesystem::path(path).parent_path()); !done) return done.error();
  auto database = accounts::AccountDatabase::open(real_disk(), path);
  if (!database) return {EX_UNAVAILABLE, "", database.error()};
  return accounts::administer(**database, administration(snapshot), verb, arguments);
}

}  // namespace

std::string account_database(const Snapshot& snapshot) { return snapshot.server.state_dir + "/auth/accounts.sqlite"; }

control::Answer administer(const Invocation& invocation, const std::string& verb, const std::vector<std::string>& arguments) {
  if (auto client = connect_instance(invocation)) return client->ask(verb, arguments);
  const auto settings = instance_settings(invocation);
  if (!settings) return {EX_CONFIG, "", "the settings have faults"};
  return administer_directly(settings->snapshot, verb, arguments);
}

}  // namespace courier::tool
