// For the tests of this folder: sessions of one account on a simulated disk, a clock that the test moves, memory streams.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemons/mailbox/imap/imap.h"
#include "runtime/testing/manual_loop.h"
#include "runtime/testing/simulated_disk.h"
#include "store/folder/computed_cache.h"
#include "store/folder/store.h"

namespace courier::mailbox {

// Remembers everything, and counts what was of use.
class MapCache final : public store::ComputedCache {
 public:
  void find(const std::string& maildir, std::span<const std::string_view> base_names, const Found& found) override {
    for (std::size_t i = 0; i < base_names.size(); ++i) {
      const auto entry = entries.find(maildir + "/" + std::string(base_names[i]));
      if (entry == entries.end()) continue;
      store::Computed computed = entry->second;
      found(i, computed);
      ++hits;
    }
  }
  void keep(const std::string& maildir, const std::vector<Entry>& kept) override {
    for (const auto& entry : kept) entries[maildir + "/" + entry.base_name] = entry.computed;
  }
  void forget(const std::string& maildir, const std::vector<std::string>& base_names) override {
    for (const auto& name : base_names) entries.erase(maildir + "/" + name);
  }
  void close_unused() override {}
  std::map<std::string, store::Computed> entries;
  std::size_t hits = 0;
};

class ImapTest : public testing::Test {
 protected:
  ImapTest() {
    disk.set_clock([this] { return loop.wall_now(); });
    store = std::make_unique<store::Store>(loop, disk, *pool, nullptr, &cache, store::StoreSettings{.host_name = "mx1", .process_id = 7});
    account = store->account({.address = "ann@example.test", .maildir = "/m"});
  }
  ~ImapTest() override {
    clients.clear();
    account.reset();
    loop.run_ready();
    store.reset();
  }

  struct Client {
    StreamPtr stream;
    std::unique_ptr<Session> session;
    Task<> running;
    bool over = false;  // run() has ended
  };
  static Task<> drive(Client& client) {
    co_await client.session->run();
    client.over = true;
  }

  // A new session; its greeting is dropped.
  Client& sign_in(std::string buffered = {}) {
    auto pair = make_memory_streams(loop, pipe);
    auto client = std::make_unique<Client>();
    client->stream = std::move(pair.first);
    client->session = make_imap_session({.loop = loop,
                                         .log = no_log(),
                                         .stream = std::move(pair.second),
                                         .account = account,
                                         .session = "s1",
                                         .peer = "127.0.0.1",
                                         .tls = false,
                                         .first_output = {},
                                         .tag = "l1",
                                         .buffered = std::move(buffered)},
                                        settings, probe);
    client->running = drive(*client);
    client->running.start();
    clients.push_back(std::move(client));
    Client& made = *clients.back();
    greeting = receive(made);
    return made;
  }

  // Everything the server has written.
  std::string receive(Client& client) {
    std::string all;
    for (;;) {
      loop.run_ready();
      char buffer[65536];
      const auto count = client.stream->read_now(buffer);
      if (!count) return all;
      all.append(buffer, *count);
    }
  }
  // Sends all of it, taking answers meanwhile.
  std::string say(Client& client, std::string_view text) {
    std::string all;
    while (!text.empty()) {
      const auto count = client.stream->write_now(text);
      if (count) text.remove_prefix(*count);
      all += receive(client);
      if (!count && !(count.error() == IoFault::WouldBlock)) break;
    }
    return all + receive(client);
  }
  // The same for the one client of most tests, with the line end added.
  std::string say(std::string_view line) { return say(only(), std::string(line) + "\r\n"); }
  Client& only() { return clients.empty() ? sign_in() : *clients.front(); }

  std::string append(std::string_view folder, std::string_view message, std::string_view options = "") {
    std::string head = "app APPEND " + std::string(folder) + " " + std::string(options);
    if (!options.empty()) head += ' ';
    return say(head + "{" + std::to_string(message.size()) + "+}\r\n" + std::string(message));
  }
  // What another program delivers.
  void deliver(const std::string& path, std::string_view content) {
    const auto file = disk.open(path, OpenMode::CreateNew);
    ASSERT_TRUE(file) << to_string(file.error());
    ASSERT_TRUE((*file)->write_at(0, content));
  }

  MapCache cache;
  ManualLoop loop;
  SimulatedDisk disk;
  std::unique_ptr<Pool> pool = make_inline_pool(loop);
  std::unique_ptr<store::Store> store;
  store::AccountPtr account;
  Metrics metrics;
  ImapSettings settings;
  std::size_t pipe = 1 << 20;  // bytes that may lie between client and session
  ImapProbe probe{no_log(), metrics};
  std::vector<std::unique_ptr<Client>> clients;
  std::string greeting;
};

}  // namespace courier::mailbox
