// What an Upload holds: a message that is being received, with LF line ends, in memory or in the folder's tmp/. Blocking; used on the
// account's strand only, by one job at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/disk.h"

namespace courier::store {

class UploadContent {
 public:
  // `tmp`: path of the file it may need; nothing is made until then.
  UploadContent(Disk& disk, std::string tmp) : disk_(disk), tmp_(std::move(tmp)) {}

  // Bytes as the client sent them: CRLF becomes LF, other CRs go, too (Maildirs hold none).
  [[nodiscard]] DiskResult<void> write(std::string_view bytes);
  // Adds a missing last line end, puts everything into the file, with that modification time, and syncs it.
  [[nodiscard]] DiskResult<void> finish(WallTime modified);
  // After finish(): the file is somebody else's now.
  void given_away() { made_ = false; }
  // Removes the file, if there is one.
  void discard();

  [[nodiscard]] const std::string& tmp() const { return tmp_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }       // LF line ends
  [[nodiscard]] std::uint64_t wire_size() const { return size_ + lines_; }

 private:
  [[nodiscard]] DiskResult<void> flush();

  Disk& disk_;
  std::string tmp_;
  FilePtr file_;
  std::string held_;            // not yet in the file
  std::uint64_t written_ = 0;   // bytes in the file
  std::uint64_t size_ = 0, lines_ = 0;
  bool made_ = false;
  bool line_open_ = false;      // the last byte is no LF
};

}  // namespace courier::store
