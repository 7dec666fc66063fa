// front as the transcripts of IMAP and POP3 before sign-in see it. Options: service (imap, imaps, pop3, pop3s), mechanisms
// (offered without TLS), certificate (no), refuse (auth's reason), auth (silent), failures (failures_per_connection).
#include "base/text.h"
#include "daemons/front/testing/world.h"
#include "transcripts/runner/transcript.h"

namespace courier::front::testing {
namespace {

using Options = std::map<std::string, std::string>;

class FrontServer final : public transcript::Server {
 public:
  explicit FrontServer(const Options& options) : options_(options), world_(loop_, world_options()) {
    for (const std::string_view word : split(value("mechanisms", ""), ' ')) {
      if (!word.empty()) world_.auth.plain.emplace_back(word);
    }
    world_.auth.refuse_with = value("refuse", "");
    world_.auth.silent = value("auth", "") == "silent";
  }
  ManualLoop& loop() override { return loop_; }
  StreamPtr connect() override {
    const std::string service = value("service", "imap");
    return world_.connect(service.starts_with("imap") ? auth::Service::Imap : auth::Service::Pop3, service.ends_with('s'));
  }

 private:
  std::string value(const std::string& key, const std::string& otherwise) const {
    const auto it = options_.find(key);
    return it == options_.end() ? otherwise : it->second;
  }
  WorldOptions world_options() const {
    WorldOptions options;
    options.certificate = value("certificate", "yes") == "yes";
    options.settings.failures_per_connection = to_i64(value("failures", "10")).value_or(10);
    return options;
  }
  Options options_;
  ManualLoop loop_;
  World world_;
};

std::unique_ptr<transcript::Server> make(const Options& options) {
  for (const auto& [key, value] : options) {
    bool known = false;
    for (const char* name : {"service", "mechanisms", "certificate", "refuse", "auth", "failures"}) known |= key == name;
    if (!known) return nullptr;
  }
  return std::make_unique<FrontServer>(options);
}

}  // namespace
}  // namespace courier::front::testing

int main(int argc, char** argv) { return courier::transcript::run_transcripts(argc, argv, courier::front::testing::make); }
