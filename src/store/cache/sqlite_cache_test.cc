#include "store/cache/sqlite_cache.h"

#include <gtest/gtest.h>

#include "runtime/testing/simulated_disk.h"

namespace courier::store {
namespace {

class SqliteCacheTest : public testing::Test {
 protected:
  SqliteCacheTest() {
    for (const char* folder : {"/a", "/b", "/c", "/caches"}) EXPECT_TRUE(disk.make_directory(folder, 0700));
  }
  static ComputedCache::Entry entry(const std::string& name, const std::string& structure = "structure") {
    ComputedCache::Entry result;
    result.base_name = name;
    result.computed.internal_date = {123};
    result.computed.stored_size = 10;
    result.computed.wire_size = 12;
    result.computed.structure = structure;
    return result;
  }
  std::vector<ComputedCache::Entry> find(const std::string& maildir, const std::vector<std::string_view>& names) {
    std::vector<ComputedCache::Entry> result;
    cache->find(maildir, names, [&](std::size_t i, Computed& computed) { result.push_back({std::string(names[i]), computed}); });
    return result;
  }
  std::vector<std::string> found(const std::string& maildir, const std::vector<std::string_view>& names) {
    std::vector<std::string> result;
    for (const auto& one : find(maildir, names)) result.push_back(one.base_name);
    return result;
  }
  void make(CacheSettings settings = {}) {
    cache = std::make_unique<SqliteCache>(disk, settings, [this] { return now; });
  }
  using Names = std::vector<std::string>;

  SimulatedDisk disk;
  Instant now{1};
  std::unique_ptr<SqliteCache> cache;
};

TEST_F(SqliteCacheTest, FindsWhatItKept) {
  make();
  EXPECT_TRUE(found("/a", {"1"}).empty());
  EXPECT_FALSE(exists(disk, "/a/courier-cache.sqlite"));  // asking makes no file
  cache->keep("/a", {entry("1"), entry("2", std::string("\0x", 2)), entry("3", std::string(2u << 20, 'x'))});
  const auto entries = find("/a", {"2", "9", "1", "3"});
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].computed, entry("2", std::string("\0x", 2)).computed);
  EXPECT_EQ(entries[1].base_name, "1");
  cache->forget("/a", {"1", "7"});
  EXPECT_EQ(found("/a", {"1", "2"}), Names{"2"});
  make();
  EXPECT_EQ(found("/a", {"1", "2"}), Names{"2"});
  EXPECT_TRUE(found("/b", {"2"}).empty());
}

TEST_F(SqliteCacheTest, DeletionAndDamageCostOnlyTheContent) {
  make();
  cache->keep("/a", {entry("1")});
  CacheFile::erase(disk, "/a/courier-cache.sqlite");
  EXPECT_TRUE(found("/a", {"1"}).empty());
  cache->keep("/a", {entry("2")});
  EXPECT_EQ(found("/a", {"2"}), Names{"2"});
  cache.reset();
  ASSERT_TRUE((*disk.open("/a/courier-cache.sqlite", OpenMode::ReadWrite))->write_at(0, std::string(4096, '?')));
  make();
  EXPECT_TRUE(found("/a", {"2"}).empty());
  cache->keep("/a", {entry("3")});
  EXPECT_EQ(found("/a", {"3"}), Names{"3"});
}

TEST_F(SqliteCacheTest, OnlyTheLatestStayOpenAndNoneForLong) {
  make({.folder = {}, .most_open = 2, .rest = seconds(30)});
  for (const char* maildir : {"/a", "/b", "/c"}) cache->keep(maildir, {entry("1")});
  EXPECT_EQ(cache->open_files(), 2u);
  EXPECT_EQ(found("/a", {"1"}), Names{"1"});
  now = now + seconds(20);
  EXPECT_EQ(found("/b", {"1"}), Names{"1"});
  now = now + seconds(20);
  cache->close_unused();
  EXPECT_EQ(cache->open_files(), 1u);
  now = now + seconds(20);
  cache->close_unused();
  EXPECT_EQ(cache->open_files(), 0u);
}

TEST_F(SqliteCacheTest, FilesMayLieElsewhere) {
  make({.folder = "/caches"});
  cache->keep("/a", {entry("1")});
  EXPECT_TRUE(exists(disk, "/caches/%2Fa.sqlite"));
  EXPECT_EQ(found("/a", {"1"}), Names{"1"});
}

TEST_F(SqliteCacheTest, AFullDiskIsNoError) {
  make();
  disk.set_capacity(disk.used_bytes() + 100);
  cache->keep("/a", {entry("1")});
  EXPECT_TRUE(found("/a", {"1"}).empty());
}

}  // namespace
}  // namespace courier::store
