// The mail of a simulated run: a hundred messages (or more) that differ in size, recipients and fate, each known by its number, so
// that what must be where follows from the number alone.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/submit.h"

namespace courier::simulation {

// "user0@our.test" ... ; `team` is a list of the first four.
inline constexpr int account_count = 6;
inline constexpr const char* team = "team@our.test";
[[nodiscard]] std::string account(int number);
[[nodiscard]] std::vector<std::string> team_members();

// What `mail(n)` hands to the queue: LF line ends; every twentieth body has more than 64 KiB.
[[nodiscard]] submit::Submit mail(int n);
[[nodiscard]] const std::string& body_of(int n);

// "M17": the message; "D17": the report that it failed for somebody; "W17": the warning that it is delayed.
using Name = std::string;
// Who must have what in the end, each once, when mail(n) was acknowledged: accounts and names.
[[nodiscard]] std::vector<std::pair<std::string, Name>> copies_of(int n);

// What a delivered file is. Empty: nothing of ours, or not all of it.
[[nodiscard]] Name name_of(std::string_view file);

}  // namespace courier::simulation
