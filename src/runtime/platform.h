// What each operating system does its own way, beyond runtime/sandbox.h and runtime/notify.h. CMake takes the folder
// linux/ or portable/; a port is a third folder with the same functions.
#pragma once

#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace courier::platform {

// No core dumps of memory, no debugger of the same user. Undone by exec.
[[nodiscard]] Result<void, std::string> refuse_tracing();
// No privileges through set-id programs, for good, for all children too.
[[nodiscard]] Result<void, std::string> refuse_new_privileges();

// Becomes readable when that child of ours ends; waitpid() then does not block. None on failure (errno says why).
[[nodiscard]] Descriptor exit_watch(int pid);

// Whether a socket that is accepted has TCP_NODELAY from the one that listens.
extern const bool accepted_have_no_delay;

// Sends the acknowledgement of what was received on a TCP socket that is due, and of what comes next at once. No effect on others.
void acknowledge_now(int socket);

// A file without a name, for reading and writing, which a crash leaves nothing of. None on failure (errno says why; EOPNOTSUPP where
// the system or the file system has no such files).
[[nodiscard]] Descriptor open_unnamed(const char* directory);
// Gives such a file its name, which must be free (EEXIST). 0, or -1 and errno.
[[nodiscard]] int link_unnamed(int file, const char* path);

// Is the file system of that descriptor one whose sync as a whole is safe and tells of every error since the descriptor was opened?
[[nodiscard]] bool can_sync_volume(int inside);
// Everything written there is on stable storage when it returns. 0, or -1 and errno.
[[nodiscard]] int sync_volume(int inside);

// Gives back what was needed and may not be any more: free pieces of the heap, and the mappings of program and libraries that were
// only read. Pages needed again are mapped again from the page cache, sixteen at a fault. For a quiet moment; other threads may run.
void give_back_memory();

}  // namespace courier::platform
