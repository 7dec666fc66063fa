// What Folder's operations have in common. For the .cc files of Folder.
#pragma once

#include <utility>

#include "store/folder/account.h"
#include "store/folder/folder_core.h"

namespace courier::store {

[[nodiscard]] inline StoreError folder_removed(const FolderCore& core) {
  return {.fault = StoreFault::NotFound, .text = "folder was removed: " + core.state.path()};
}

// Runs body(core, now) on the strand, then publishes what it changed. The body's result is a StoreResult.
template <class Body>
auto Folder::work(Body body) -> Task<decltype(body(std::declval<FolderCore&>(), WallTime()))> {
  using Result = decltype(body(std::declval<FolderCore&>(), WallTime()));
  const FolderPtr self = shared_from_this();
  co_return co_await account_->strand_.run([core = core_, now = account_->loop().wall_now(), body = std::move(body)]() mutable -> Result {
    if (core->deleted) return fail(folder_removed(*core));
    Result result = body(*core, now);
    core->publish();
    return result;
  });
}

}  // namespace courier::store
