// check(): for what is true unless we are wrong. A failed check prints where and ends the process; the supervisor
// starts another. Never used for what a client, a file or an administrator can cause.
#pragma once

namespace courier {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace courier

// A macro, because a failed check names its condition and place.
#define CHECK(condition) ((condition) ? void(0) : ::courier::check_failed(#condition, __FILE__, __LINE__))
