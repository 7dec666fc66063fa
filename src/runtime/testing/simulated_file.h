// A file of a simulated disk, opened. For the .cc files of SimulatedDisk.
#pragma once

#include "runtime/testing/simulated_state.h"

namespace courier::simulated {

class SimulatedFile final : public File {
 public:
  SimulatedFile(std::shared_ptr<State> state, NodePtr node, std::string path, bool append)
      : state_(std::move(state)), node_(std::move(node)), path_(std::move(path)), append_(append) {}

  DiskResult<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override;
  DiskResult<void> write_pieces(std::uint64_t offset, std::span<const std::string_view> pieces) override;
  DiskResult<std::uint64_t> size() override;
  DiskResult<void> truncate(std::uint64_t size) override;
  DiskResult<void> sync() override;
  VolumePtr volume() override;
  DiskResult<FileFacts> facts() override;
  DiskResult<void> link_as(const std::string& path) override;
  DiskResult<void> set_modified(WallTime time) override;
  DiskResult<void> close() override { return {}; }
  int descriptor() const override;

  [[nodiscard]] static FileFacts facts_of(const Node& node);

 private:
  // False: the disk is full.
  [[nodiscard]] bool grow(std::uint64_t size);
  void record(PendingWrite write);
  // What was written through a lent descriptor is a write like any other.
  [[nodiscard]] DiskResult<void> take_in();

  std::shared_ptr<State> state_;
  NodePtr node_;
  std::string path_;
  bool append_;
};

}  // namespace courier::simulated
