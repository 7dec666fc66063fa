// An IMAP session after sign-in as the IMAP transcripts see it: the mailbox of ann@example.test on a simulated disk. Options: mail
// (so many small messages in the inbox, with \Seen on the even ones), prefix (imap.folder_prefix), max_message, max_command,
// max_bad_commands.
#include "base/text.h"
#include "daemons/mailbox/imap/imap.h"
#include "runtime/testing/simulated_disk.h"
#include "store/folder/store.h"
#include "transcripts/runner/transcript.h"

namespace courier::mailbox {
namespace {

using Options = std::map<std::string, std::string>;

struct NumberOption {
  const char* name;
  std::int64_t ImapSettings::* field;
};
constexpr NumberOption numbers[] = {{"max_message", &ImapSettings::max_message},
                                    {"max_command", &ImapSettings::max_command},
                                    {"max_bad_commands", &ImapSettings::max_bad_commands}};

class ImapServer final : public transcript::Server {
 public:
  ImapServer(ImapSettings settings, int mail) : settings_(std::move(settings)) {
    disk_.set_clock([this] { return loop_.wall_now(); });
    store_ =
        std::make_unique<store::Store>(loop_, disk_, *pool_, nullptr, nullptr, store::StoreSettings{.host_name = "mx1", .process_id = 7});
    account_ = store_->account({.address = "ann@example.test", .maildir = "/m"});
    for (int i = 1; i <= mail; ++i) run_until_done(loop_, add_mail(i));
  }
  ~ImapServer() override {
    running_ = {};
    session_.reset();
    account_.reset();
    loop_.run_ready();
  }
  ManualLoop& loop() override { return loop_; }
  StreamPtr connect() override {
    auto pair = make_memory_streams(loop_);
    session_ = make_imap_session({.loop = loop_,
                                  .log = no_log(),
                                  .stream = std::move(pair.second),
                                  .account = account_,
                                  .session = "s1",
                                  .peer = "127.0.0.1",
                                  .tls = false,
                                  .first_output = {},
                                  .tag = "l1",
                                  .buffered = {}},
                                 settings_, probe_);
    running_ = session_->run();
    running_.start();
    return std::move(pair.first);
  }

 private:
  Task<> add_mail(int i) {
    const auto folder = co_await account_->open(*store::FolderName::parse("INBOX"));
    std::vector<store::NewMessage> messages(1);
    messages[0].body = (*folder)->upload();
    const std::string text =
        "From: Bob <bob@far.test>\nTo: ann@example.test\nSubject: number " + std::to_string(i) + "\n\nbody " + std::to_string(i) + "\n";
    if (!co_await messages[0].body->write(text)) co_return;
    if (i % 2 == 0) messages[0].flags.add(store::Flag::Seen);
    messages[0].internal_date = wall_seconds(1'767'607'200 + i);
    static_cast<void>(co_await (*folder)->append(std::move(messages)));
  }

  ManualLoop loop_;
  SimulatedDisk disk_;
  std::unique_ptr<Pool> pool_ = make_inline_pool(loop_);
  std::unique_ptr<store::Store> store_;
  store::AccountPtr account_;
  Metrics metrics_;
  ImapSettings settings_;
  ImapProbe probe_{no_log(), metrics_};
  std::unique_ptr<Session> session_;
  Task<> running_;
};

std::unique_ptr<transcript::Server> make(const Options& options) {
  ImapSettings settings;
  int mail = 0;
  for (const auto& [key, value] : options) {
    bool known = key == "mail" || key == "prefix";
    if (key == "mail") mail = static_cast<int>(to_u32(value).value_or(0));
    if (key == "prefix") settings.folder_prefix = value;
    for (const auto& [name, field] : numbers) {
      if (key != name) continue;
      settings.*field = to_i64(value).value_or(0);
      known = true;
    }
    if (!known) return nullptr;
  }
  return std::make_unique<ImapServer>(settings, mail);
}

}  // namespace
}  // namespace courier::mailbox

int main(int argc, char** argv) { return courier::transcript::run_transcripts(argc, argv, courier::mailbox::make); }
