#include "tools/courier/control_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <thread>

namespace courier::tool {
namespace {

namespace fs = std::filesystem;

// Listens in a folder whose path is longer than a socket's address may be, and says what it is told to say.
class Server {
 public:
  explicit Server(std::vector<std::string> answers) {
    std::string name = (fs::temp_directory_path() / "courier-control-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / std::string(120, 'd');
    fs::create_directories(path_);
    path_ /= "control";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const fs::path shortcut = folder_ / "s";
    fs::create_directory_symlink(path_.parent_path(), shortcut);
    std::strcpy(address.sun_path, (shortcut / "control").c_str());
    listener_ = Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 4), 0);
    thread_ = std::thread([this, said = std::move(answers)] { serve(said); });
  }
  ~Server() {
    thread_.join();
    fs::remove_all(folder_);
  }
  [[nodiscard]] std::string path() const { return path_; }
  std::string asked;  // all that was received; read after the client is gone

 private:
  void serve(const std::vector<std::string>& answers) {
    const Descriptor peer(::accept(listener_.get(), nullptr, nullptr));
    for (const std::string& answer : answers) {
      char buffer[4096];
      const ssize_t n = ::recv(peer.get(), buffer, sizeof buffer, 0);
      if (n <= 0) return;
      asked.append(buffer, static_cast<std::size_t>(n));
      // Byte by byte, so that an answer arrives in pieces.
      for (const char c : answer) (void)::send(peer.get(), &c, 1, MSG_NOSIGNAL);
    }
  }

  fs::path folder_;
  fs::path path_;
  Descriptor listener_;
  std::thread thread_;
};

TEST(ControlClient, AsksAndIsAnswered) {
  Server server({"{\"status\":0,\"result\":[{\"id\":\"x\"}]}\n", "{\"status\":67,\"result\":null,\"error\":\"no message\"}\n"});
  {
    auto client = ControlClient::connect(server.path());
    ASSERT_TRUE(client);
    const control::Answer list = client->ask("queue list", {});
    EXPECT_EQ(list.status, 0);
    EXPECT_EQ(list.json, "[{\"id\":\"x\"}]");
    const control::Answer show = client->ask("queue show", {"a\"b"});
    EXPECT_EQ(show.status, 67);
    EXPECT_EQ(show.error, "no message");
  }
  EXPECT_EQ(server.asked, "{\"verb\":\"queue list\",\"arguments\":[]}\n{\"verb\":\"queue show\",\"arguments\":[\"a\\\"b\"]}\n");
}

TEST(ControlClient, AnEndWithoutAnAnswerIsUnavailable) {
  Server server({"{\"status\":0,"});
  auto client = ControlClient::connect(server.path());
  ASSERT_TRUE(client);
  EXPECT_EQ(client->ask("status", {}).status, EX_UNAVAILABLE);
  EXPECT_EQ(client->ask("status", {}).status, EX_UNAVAILABLE);
}

TEST(ControlClient, NonsenseIsUnavailable) {
  Server server({"hello\n"});
  auto client = ControlClient::connect(server.path());
  ASSERT_TRUE(client);
  EXPECT_EQ(client->ask("status", {}).status, EX_UNAVAILABLE);
}

TEST(ControlClient, NobodyListens) { EXPECT_FALSE(ControlClient::connect("/nonexistent/control")); }

}  // namespace
}  // namespace courier::tool
