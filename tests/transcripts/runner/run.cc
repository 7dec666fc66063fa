#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "transcripts/runner/transcript.h"

namespace courier::transcript {

namespace {

// The client: what it has received and not yet compared, and whether the server ended.
class Client {
 public:
  Client(Server& server, std::size_t pieces) : server_(server), pieces_(pieces), stream_(server.connect()) { settle(); }

  // A server that has ended the connection hears nothing; that is no fault of the conversation.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto taken = stream_->write_now(bytes.substr(0, pieces_));
      if (!taken && !(taken.error() == IoFault::WouldBlock)) return;
      if (taken) bytes.remove_prefix(*taken);
      settle();
    }
  }
  void half_close() {
    stream_->finish_writing();
    settle();
  }
  void wait(Duration duration) {
    server_.loop().advance(duration);
    settle();
  }
  // The next line without CRLF; nothing when none has come.
  bool next_line(std::string& line) {
    const std::size_t end = received_.find("\r\n");
    if (end == std::string::npos) return false;
    line = received_.substr(0, end);
    received_.erase(0, end + 2);
    return true;
  }
  [[nodiscard]] const std::string& received() const { return received_; }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  void settle() {
    server_.loop().run_ready();
    char buffer[4096];
    for (;;) {
      const auto got = stream_->read_now(buffer);
      if (got) {
        received_.append(buffer, *got);
        server_.loop().run_ready();
        continue;
      }
      ended_ = !(got.error() == IoFault::WouldBlock);
      return;
    }
  }

  Server& server_;
  std::size_t pieces_;
  StreamPtr stream_;
  std::string received_;
  bool ended_ = false;
};

std::string at(const Step& step, const std::string& what) { return "line " + std::to_string(step.line) + ": " + what; }

std::string perform(const Step& step, Client& client) {
  switch (step.kind) {
    case Step::Kind::Send: client.send(step.text); return {};
    case Step::Kind::Wait: client.wait(seconds(step.seconds)); return {};
    case Step::Kind::Half: client.half_close(); return {};
    case Step::Kind::End:
      if (!client.received().empty()) return at(step, "before the end came: " + printable(client.received()));
      return client.ended() ? std::string{} : at(step, "the connection is still open");
    case Step::Kind::Expect: {
      std::string line;
      if (!client.next_line(line)) return at(step, "expected \"" + step.text + "\", nothing came");
      if (!matches(step.text, line)) return at(step, "expected \"" + step.text + "\", got \"" + printable(line) + "\"");
      return {};
    }
  }
  return at(step, "unknown step");
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One byte at a time, unless that would take all day.
std::size_t small_pieces(const Conversation& conversation) {
  std::size_t bytes = 0;
  for (const Step& step : conversation.steps) bytes += step.kind == Step::Kind::Send ? step.text.size() : 0;
  return bytes > 8192 ? 61 : 1;
}

struct Tally {
  int conversations = 0, failures = 0;
};

void run_file(const std::filesystem::path& path, const ServerFactory& make, Tally& tally) {
  const auto conversations = parse(read_text(path));
  const auto complain = [&](const std::string& title, const std::string& what) {
    std::fprintf(stderr, "%s: %s: %s\n", path.filename().c_str(), title.c_str(), what.c_str());
    ++tally.failures;
  };
  if (!conversations) return complain("syntax", conversations.error());
  for (const Conversation& conversation : *conversations) {
    ++tally.conversations;
    for (const std::size_t pieces : {std::size_t{1} << 20, small_pieces(conversation)}) {
      const std::unique_ptr<Server> server = make(conversation.options);
      const std::string fault = server ? run(conversation, *server, pieces) : "unknown option";
      if (fault.empty()) continue;
      complain(conversation.title, fault + (pieces < 100 ? " (in pieces of " + std::to_string(pieces) + ")" : ""));
      break;
    }
  }
}

}  // namespace

std::string run(const Conversation& conversation, Server& server, std::size_t pieces) {
  Client client(server, pieces);
  for (const Step& step : conversation.steps) {
    if (std::string fault = perform(step, client); !fault.empty()) return fault;
  }
  if (!client.received().empty()) return "left over at the end: " + printable(client.received());
  return {};
}

int run_transcripts(int argc, char** argv, const ServerFactory& make) {
  Tally tally;
  for (int i = 1; i < argc; ++i) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) run_file(file, make, tally);
  }
  std::printf("%d conversations, %d failures\n", tally.conversations, tally.failures);
  return tally.conversations > 0 && tally.failures == 0 ? 0 : 1;
}

}  // namespace courier::transcript
