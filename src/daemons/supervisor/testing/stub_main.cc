// A daemon that does nothing but answer about itself: the supervisor's tests run it under the name of every program.
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "runtime/daemon.h"

namespace courier {
namespace {

struct Facts {
  std::string role, instance, host_name, state_dir, settings;
  std::uint64_t boot = 0, max_descriptors = 0, ticket_keys = 0, certificates = 0, reloads = 0;
  std::int64_t pid = 0;
  bool secret_seen = false;
  std::vector<std::string> listeners, peers, writable;
  template <class V>
  void fields(V& v) {
    v("role", role), v("instance", instance), v("host_name", host_name), v("state_dir", state_dir), v("settings", settings);
    v("boot", boot), v("max_descriptors", max_descriptors), v("ticket_keys", ticket_keys), v("certificates", certificates);
    v("reloads", reloads), v("pid", pid), v("secret_seen", secret_seen), v("listeners", listeners), v("peers", peers),
        v("writable", writable);
  }
};

class Stub final : public Daemon {
 public:
  explicit Stub(DaemonContext& context) : context_(context) {
    const control::Start& start = context.start;
    facts_.role = start.role, facts_.instance = start.instance, facts_.host_name = start.host_name, facts_.state_dir = start.state_dir;
    facts_.settings = std::to_string(start.settings.size());
    facts_.boot = start.boot, facts_.max_descriptors = start.max_descriptors, facts_.ticket_keys = start.ticket_keys.size();
    facts_.certificates = start.certificates.size(), facts_.writable = start.writable, facts_.pid = ::getpid();
    facts_.secret_seen = std::getenv("COURIER_SECRET") != nullptr;
    for (const Listening& l : context.listeners) {
      facts_.listeners.push_back(l.info.service + (l.info.implicit_tls ? "+tls " : " ") + l.info.address);
    }
  }
  Result<void, std::string> serve() override {
    for (const std::string& folder : context_.start.writable) {
      if (folder.ends_with("/refused")) return fail(std::string("this folder is refused"));
    }
    return {};
  }
  control::Reloaded reload(const std::string&) override {
    ++facts_.reloads;
    return {{}, {"something"}};
  }
  Task<bool> drain(Deadline) override { co_return true; }
  void certificates(const std::vector<control::Certificate>& all) override { facts_.certificates = all.size(); }

  Task<control::Answer> ask(control::Ask question) override {
    if (question.verb == "idle") co_return control::Answer{0, facts_.instance.starts_with('u') ? "true" : "false", {}};
    if (question.verb.ends_with(" crash")) ::_exit(3);
    // No contract knows this message.
    if (question.verb.ends_with(" violate")) context_.link(question.arguments.at(0)).channel()->notify_raw(0x7f01, {});
    if (question.verb.ends_with(" ensure")) co_return co_await ensure(question.arguments);
    facts_.peers.clear();
    for (const auto& [peer, link] : context_.links) {
      if (link->channel()) facts_.peers.push_back(peer);
    }
    co_return control::Answer{0, to_json(facts_), {}};
  }

 private:
  Task<control::Answer> ensure(std::vector<std::string> arguments) {
    control::EnsureMailbox request{
        .uid = to_u32(arguments.at(0)).value_or(0), .gid = to_u32(arguments.at(0)).value_or(0), .root = arguments.at(1)};
    const auto reply = co_await context_.supervisor->call(request, context_.loop.in(seconds(10)));
    co_return control::Answer{reply ? 0 : 1, "true", reply ? reply->error : to_string(reply.error())};
  }
  DaemonContext& context_;
  Facts facts_;
};

}  // namespace
}  // namespace courier

int main() {
  return courier::run_daemon([](courier::DaemonContext& c) { return std::make_unique<courier::Stub>(c); });
}
