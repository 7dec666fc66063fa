// smtpd as the SMTP transcripts see it. Options: role (mx, submission, submissions, inject), peer (an address, or
// "local"), mechanisms (offered without TLS), certificate (no), network (relay_networks), refuse (auth's reason),
// auth (silent), queue (full, busy, failed), open (full), and any of the settings with a number below.
#include "base/text.h"
#include "daemons/smtpd/testing/world.h"
#include "transcripts/runner/transcript.h"

namespace courier::smtpd::testing {
namespace {

using Options = std::map<std::string, std::string>;

struct NumberOption {
  const char* name;
  std::int64_t SmtpdSettings::* field;
};
constexpr NumberOption numbers[] = {
    {"max_message_size", &SmtpdSettings::max_message_size},
    {"max_recipients", &SmtpdSettings::max_recipients},
    {"max_line", &SmtpdSettings::max_line},
    {"max_errors", &SmtpdSettings::max_errors},
    {"max_commands", &SmtpdSettings::max_commands},
    {"max_header_size", &SmtpdSettings::max_header_size},
    {"max_header_fields", &SmtpdSettings::max_header_fields},
    {"max_header_line", &SmtpdSettings::max_header_line},
    {"max_hops", &SmtpdSettings::max_hops},
    {"max_memory_for_bodies", &SmtpdSettings::max_memory_for_bodies},
};

submit::Outcome outcome_named(const std::string& name) {
  return name == "full" ? submit::Outcome::Full : name == "busy" ? submit::Outcome::Busy : submit::Outcome::Failed;
}

class SmtpServer final : public transcript::Server {
 public:
  SmtpServer(WorldOptions world_options, const Options& options) : world_(std::move(world_options)), options_(options) {
    if (const auto it = options.find("mechanisms"); it != options.end()) {
      for (const std::string_view word : split(it->second, ' ')) world_.auth.plain_mechanisms.emplace_back(word);
    }
    if (const auto it = options.find("refuse"); it != options.end()) world_.auth.refuse_with = it->second;
    if (options.contains("auth")) world_.auth.silent = true;
    if (const auto it = options.find("queue"); it != options.end()) world_.queue.outcome = outcome_named(it->second);
    if (const auto it = options.find("open"); it != options.end()) world_.queue.open_outcome = outcome_named(it->second);
  }
  ManualLoop& loop() override { return world_.loop; }
  StreamPtr connect() override {
    const std::string role = value("role", "mx"), peer = value("peer", "192.0.2.7");
    const Role door = role == "mx" ? Role::Mx : role == "inject" ? Role::Inject : Role::Submission;
    return world_.connect(door, peer == "local" ? "" : peer, role == "submissions");
  }

 private:
  std::string value(const std::string& key, const std::string& otherwise) const {
    const auto it = options_.find(key);
    return it == options_.end() ? otherwise : it->second;
  }
  World world_;
  Options options_;
};

std::unique_ptr<transcript::Server> make(const Options& options) {
  WorldOptions world;
  for (const auto& [key, value] : options) {
    bool known = false;
    for (const auto& [name, field] : numbers) {
      if (key != name) continue;
      known = true;
      world.settings.*field = to_i64(value).value_or(0);
    }
    if (key == "network") world.settings.relay_networks = {value};
    if (key == "certificate") world.certificate = false;
    for (const char* other : {"role", "peer", "mechanisms", "certificate", "network", "refuse", "auth", "queue", "open"})
      known |= key == other;
    if (!known) return nullptr;
  }
  if (const auto it = options.find("role"); it != options.end()) world.role = "smtpd-" + it->second;
  return std::make_unique<SmtpServer>(std::move(world), options);
}

}  // namespace
}  // namespace courier::smtpd::testing

int main(int argc, char** argv) { return courier::transcript::run_transcripts(argc, argv, courier::smtpd::testing::make); }
