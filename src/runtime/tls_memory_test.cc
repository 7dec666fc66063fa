// What an idle TLS connection costs, counted at OpenSSL's allocator.
#include <malloc.h>

#include <cstdlib>

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include "runtime/task_group.h"
#include "runtime/testing/manual_loop.h"
#include "runtime/tls.h"

namespace courier {
namespace {

std::size_t allocated = 0;

void* counted_malloc(std::size_t size, const char*, int) {
  void* block = std::malloc(size);
  if (block) allocated += malloc_usable_size(block) + 16;  // with the allocator's own header
  return block;
}
void counted_free(void* block, const char*, int) {
  if (block) allocated -= malloc_usable_size(block) + 16;
  std::free(block);
}
void* counted_realloc(void* block, std::size_t size, const char*, int) {
  if (block) allocated -= malloc_usable_size(block) + 16;
  void* moved = std::realloc(block, size);
  if (moved) allocated += malloc_usable_size(moved) + 16;
  return moved;
}
// Before anything else uses OpenSSL.
const bool counting = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) == 1;

Task<> accept_into(TlsServerContext& server, StreamPtr plain, StreamPtr& into, Loop& loop) {
  auto accepted = co_await server.accept(std::move(plain), loop.in(seconds(5)));
  if (accepted) into = std::move(*accepted);
}

Task<> shake(Loop& loop, TlsServerContext& server, TlsClientContext& client, StreamPtr& accepted, StreamPtr& connected) {
  StreamPair plain = make_memory_streams(loop);
  TaskGroup group(loop, no_exceptions());
  group.spawn(accept_into(server, std::move(plain.first), accepted, loop));
  auto made = co_await client.connect(std::move(plain.second), {.server_name = "mx.example.test"}, loop.in(seconds(5)));
  if (made) connected = std::move(*made);
  co_await group.wait_empty(loop.in(seconds(5)));
}

TEST(TlsMemory, AnIdleConnectionOfAServerTakesAtMostTwentyKilobytes) {
  ASSERT_TRUE(counting);
  ManualLoop loop;
  TlsServerSettings settings;
  settings.certificates = {make_self_signed({"mx.example.test"})};
  const auto server = std::move(*make_tls_server(loop, settings));
  const auto client = std::move(*make_tls_client(loop));
  constexpr std::size_t connections = 20;
  StreamPtr servers[connections + 1], clients[connections + 1];
  std::size_t before = 0;
  for (std::size_t i = 0; i <= connections; ++i) {
    run_until_done(loop, shake(loop, *server, *client, servers[i], clients[i]));
    ASSERT_TRUE(servers[i] && clients[i]);
    char buffer[1000];
    ASSERT_TRUE(clients[i]->write_now("a1 LOGIN\r\n"));
    ASSERT_TRUE(servers[i]->read_now(buffer));
    ASSERT_TRUE(servers[i]->write_now("a1 OK\r\n"));
    ASSERT_TRUE(clients[i]->read_now(buffer));
    clients[i].reset();
    if (i == 0) before = allocated;  // the first one also pays for what all share
  }
  const std::size_t each = (allocated - before) / connections;
  RecordProperty("bytes", static_cast<int>(each));
  std::printf("an idle TLS connection: %zu bytes in OpenSSL\n", each);
  EXPECT_GT(each, 1'000u);
  EXPECT_LE(each, 20'000u);
}

}  // namespace
}  // namespace courier
