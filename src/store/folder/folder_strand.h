// What Folder's operations have in common. For the .cc files of Folder.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include "store/folder/account.h"
#include "store/folder/folder_core.h"

namespace courier::store {

[[nodiscard]] inline StoreError folder_removed(const FolderCore& core) {
  return {.fault = StoreFault::NotFound, .text = "folder was removed: " + core.state.path()};
}

// A job for the strand: body(core, now), then what it changed is published. The body's result is a StoreResult.
template <class Body>
auto folder_job(std::shared_ptr<FolderCore> core, WallTime now, Body body) {
  using Result = std::invoke_result_t<Body&, FolderCore&, WallTime>;
  return [core = std::move(core), now, body = std::move(body)]() mutable -> Result {
    if (core->deleted) return fail(folder_removed(*core));
    Result result = body(*core, now);
    core->publish();
    return result;
  };
}

template <class Body>
auto Folder::work(Body body) -> Task<decltype(body(std::declval<FolderCore&>(), WallTime()))> {
  const FolderPtr self = shared_from_this();
  co_return co_await account_->strand_.run(folder_job(core_, account_->loop().wall_now(), std::move(body)));
}

}  // namespace courier::store
