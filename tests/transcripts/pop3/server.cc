// A POP3 session after sign-in, on a simulated disk. Options: mail (small: three messages, the default; none; large: one
// of 300,000 octets), first (what is written before the session's own words), buffered (what the client had sent already).
#include "daemons/mailbox/pop3/pop3.h"
#include "runtime/testing/simulated_disk.h"
#include "store/folder/store.h"
#include "transcripts/runner/transcript.h"

namespace courier::mailbox {
namespace {

using Options = std::map<std::string, std::string>;

class Pop3Server final : public transcript::Server {
 public:
  explicit Pop3Server(const Options& options) : options_(options), probe_(no_log(), metrics_) {
    disk_.set_clock([this] { return loop_.wall_now(); });
    for (const char* folder : {"/m", "/m/tmp", "/m/new", "/m/cur"}) CHECK(disk_.make_directory(folder, 0700));
    const std::string mail = option("mail", "small");
    if (mail == "small") {
      put("/m/new/1.Q1R0.mx", "Subject: one\n\n.dot\nlast line without an end");
      put("/m/new/2.Q2R0.mx", "Subject: two\nTo: x\n\none\ntwo\nthree\n");
      put("/m/cur/3.Q3R0.mx:2,S", "Subject: three\r\n\r\nCRLF already\r\n");
    } else if (mail == "large") {
      std::string text = "Subject: large\n\n";
      while (text.size() < 300'000) text += ".a line of text\n";
      put("/m/new/1.Q1R0.mx", text);
    }
    store_ =
        std::make_unique<store::Store>(loop_, disk_, *pool_, nullptr, nullptr, store::StoreSettings{.host_name = "mx", .process_id = 7});
  }
  ~Pop3Server() override {
    life_ = {};
    session_.reset();
    loop_.run_ready();
    store_.reset();
  }
  ManualLoop& loop() override { return loop_; }
  StreamPtr connect() override {
    StreamPair pair = make_memory_streams(loop_, 1u << 20);
    SessionStart start{.loop = loop_,
                       .log = no_log(),
                       .stream = std::move(pair.first),
                       .account = store_->account({.address = "ann@example.test", .maildir = "/m", .quota_bytes = 0, .quota_messages = 0}),
                       .session = "s",
                       .peer = "192.0.2.7",
                       .tls = false,
                       .first_output = option("first", ""),
                       .tag = {},
                       .buffered = option("buffered", "")};
    if (!start.first_output.empty()) start.first_output += "\r\n";
    if (!start.buffered.empty()) start.buffered += "\r\n";
    session_ = make_pop3_session(std::move(start), settings_, probe_);
    life_ = live();
    loop_.post([this] { life_.start(); });
    return std::move(pair.second);
  }

 private:
  Task<> live() {
    co_await session_->run();
    loop_.post([this] { session_.reset(); });
  }
  void put(const std::string& path, std::string_view content) {
    const auto file = disk_.open(path, OpenMode::CreateNew);
    CHECK(file && (*file)->write_at(0, content));
  }
  std::string option(const std::string& key, const std::string& otherwise) const {
    const auto it = options_.find(key);
    return it == options_.end() ? otherwise : it->second;
  }

  Options options_;
  ManualLoop loop_;
  SimulatedDisk disk_;
  Metrics metrics_;
  Pop3Probe probe_;
  Pop3Settings settings_;
  std::unique_ptr<Pool> pool_ = make_inline_pool(loop_);
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Session> session_;
  Task<> life_;
};

std::unique_ptr<transcript::Server> make(const Options& options) {
  for (const auto& [key, value] : options) {
    if (key != "mail" && key != "first" && key != "buffered") return nullptr;
  }
  return std::make_unique<Pop3Server>(options);
}

}  // namespace
}  // namespace courier::mailbox

int main(int argc, char** argv) { return courier::transcript::run_transcripts(argc, argv, courier::mailbox::make); }
