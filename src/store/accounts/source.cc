#include "store/accounts/source.h"

#include "base/text.h"

namespace courier::accounts {

Place place_of(const Account& account, std::string_view mail_dir) {
  Place place;
  if (account.home.empty()) {
    const std::size_t at = account.address.rfind('@');
    place.home = std::string(mail_dir) + '/' + account.address.substr(at + 1) + '/' + account.address.substr(0, at);
  } else {
    place.home = account.home;
  }
  const std::string maildir = account.maildir.empty() ? "Maildir" : account.maildir;
  if (maildir.starts_with('/')) {
    place.maildir = maildir;
  } else {
    place.maildir = place.home + '/' + (maildir.starts_with("./") ? maildir.substr(2) : maildir);
  }
  return place;
}

std::optional<std::string_view> option(std::string_view options, std::string_view name) {
  for (const std::string_view one : split(options, ',')) {
    const std::size_t equals = one.find('=');
    if (one.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
  }
  return std::nullopt;
}

bool option_is_on(std::string_view options, std::string_view name) {
  const auto value = option(options, name);
  if (!value || value->empty()) return false;
  const char first = ascii_lower(value->front());
  if (first == 't' || first == 'y') return true;
  const std::string_view digits = value->substr(0, value->find_first_not_of("0123456789"));
  return digits.find_first_not_of('0') != std::string_view::npos;
}

std::string merge_options(std::string_view own, std::string_view defaults) {
  std::string merged(own);
  for (const std::string_view one : split(defaults, ',')) {
    if (one.empty() || option(own, one.substr(0, one.find('=')))) continue;
    if (!merged.empty()) merged += ',';
    merged += one;
  }
  return merged;
}

}  // namespace courier::accounts
