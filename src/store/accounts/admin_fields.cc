// The fields of an account as an administrator writes them.
#include "base/text.h"
#include "store/accounts/admin_call.h"

namespace courier::accounts {

namespace {

std::optional<std::uint64_t> sized(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t unit = 1;
  switch (ascii_upper(text.back())) {
    case 'K': unit = 1ull << 10; break;
    case 'M': unit = 1ull << 20; break;
    case 'G': unit = 1ull << 30; break;
    case 'T': unit = 1ull << 40; break;
    default: break;
  }
  const auto number = to_u64(unit == 1 ? text : text.substr(0, text.size() - 1));
  if (!number || *number > (1ull << 62) / unit) return std::nullopt;
  return *number * unit;
}

}  // namespace

std::string apply(Account& account, std::string_view key, const std::string& value, const Administration& how) {
  if (value.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) return std::string(key) + " must be one line";
  if (key == "password") {
    if (value.empty() || value.size() > 1024) return "a password has 1 to 1024 bytes";
    const Credential made = make_credential(value, how.cost);
    account.password = made.password;
    account.scram = made.scram;
  } else if (key == "password_hash") {
    if (!value.empty() && !is_stored_form(value)) return "password_hash is in none of the accepted forms";
    account.password = value;
    account.scram.clear();
  } else if (key == "uid" || key == "gid") {
    const auto number = to_u32(value);
    if (!number || *number == 0xFFFFFFFFu) return std::string(key) + " must be a number";
    (key == "uid" ? account.uid : account.gid) = *number;
  } else if (key == "home") {
    if (!value.empty() && !value.starts_with('/')) return "home must be an absolute path";
    account.home = value;
  } else if (key == "maildir") {
    if (value.find("..") != std::string::npos) return "maildir must not contain \"..\"";
    account.maildir = value;
  } else if (key == "quota") {
    const auto quota = parse_quota(value);
    if (!quota) return "quota must look like 10G, 10G,50000 or 10000000S,5000C";
    account.quota_bytes = quota->bytes;
    account.quota_messages = quota->messages;
  } else if (key == "name") {
    account.name = value;
  } else if (key == "options") {
    if (value.find_first_of(" \t") != std::string::npos) return "options must not contain blanks";
    account.options = value;
  } else if (key == "enabled") {
    if (value != "yes" && value != "no") return "enabled must be yes or no";
    account.enabled = value == "yes";
  } else {
    return "unknown key \"" + std::string(key) + "\" (password, password_hash, uid, gid, home, maildir, quota, name, options, enabled)";
  }
  return {};
}

std::optional<Quota> parse_quota(std::string_view text) {
  Quota quota;
  if (text.empty()) return quota;
  const auto parts = split(text, ',');
  if (parts.size() > 2) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    const char last = part.empty() ? '\0' : part.back();
    const auto number = last == 'S' || last == 'C' ? to_u64(part.substr(0, part.size() - 1)) : i == 0 ? sized(part) : to_u64(part);
    if (!number || *number > (1ull << 62)) return std::nullopt;
    (last == 'C' || (i == 1 && last != 'S') ? quota.messages : quota.bytes) = *number;
  }
  return quota;
}

}  // namespace courier::accounts
