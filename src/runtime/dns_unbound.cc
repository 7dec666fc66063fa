// The resolver on libunbound: a threaded context, whose pipe of answers our loop watches.
#include <fstream>
#include <set>

#include <unbound.h>

#include "base/text.h"
#include "runtime/dns.h"
#include "runtime/dns_records.h"
#include "runtime/task_group.h"

namespace courier {

namespace {

// RFC 1035, section 3.2.2, and those that came later.
enum class Type : int { A = 1, Ptr = 12, Mx = 15, Txt = 16, Aaaa = 28, DnsKey = 48, Tlsa = 52 };

struct FreeResult {
  void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using ResultPtr = std::unique_ptr<ub_result, FreeResult>;

struct Question;

struct Context {
  Context() : ub(ub_ctx_create()) {}
  ~Context();
  ub_ctx* ub;
  std::set<Question*> open;
};

// One question on its way. libunbound holds a pointer to it while it is in `open`.
struct Question final : Cell {
  explicit Question(Context& c) : context(&c) {}
  void opened(int number) {
    id = number;
    self = CellRef(this);
    context->open.insert(this);
  }
  // libunbound will not speak of it again.
  CellRef ended() {
    context->open.erase(this);
    return std::move(self);
  }
  void give_up() {
    if (!self || !context) return;
    ub_cancel(context->ub, id);
    const CellRef last = ended();
  }
  void abandoned() override { give_up(); }

  static void answered(void* argument, int error, ub_result* answer) {
    auto& question = *static_cast<Question*>(argument);
    question.result.reset(answer);
    const CellRef keep = question.ended();
    if (error != 0) question.result.reset();
    if (error == UB_SYNTAX) question.fault = DnsFault::NoName;  // a label or the name is too long
    question.complete();
  }

  Context* context;
  int id = 0;
  CellRef self;
  ResultPtr result;  // null: no answer, for the reason in `fault`
  DnsFault fault = DnsFault::TryAgain;
};

Context::~Context() {
  for (Question* question : std::set<Question*>(open)) {
    const CellRef last = question->ended();
    question->context = nullptr;
  }
  if (ub) ub_ctx_delete(ub);
}

// Cancels the timer when the waiting coroutine ends, in whatever way.
struct Timer {
  Timer(Loop& l, Deadline deadline, CellRef cell) : loop(l) {
    if (deadline.is_never()) return;
    id = loop.add_timer(deadline.at, [cell = std::move(cell)] {
      static_cast<Question*>(cell.get())->give_up();
      cell->complete();
    });
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    if (id.number != 0) loop.cancel_timer(id);
  }
  Loop& loop;
  TimerId id;
};

using Answer = Result<ResultPtr, DnsFault>;

DnsFault fault_of(const ub_result& result) {
  if (result.bogus) return DnsFault::Bogus;
  if (result.nxdomain) return DnsFault::NoName;
  return result.rcode == 0 ? DnsFault::NoData : DnsFault::TryAgain;
}

class UnboundResolver final : public Resolver {
 public:
  UnboundResolver(Loop& loop, DnsSettings settings) : loop_(loop), settings_(std::move(settings)), tasks_(loop, no_exceptions()) {}

  // What is wrong with the settings; empty: nothing.
  std::string check();

  Task<DnsResult<IpAddress>> a(std::string name, Deadline deadline) override {
    co_return read(co_await ask(std::move(name), Type::A, deadline), dns::read_a);
  }
  Task<DnsResult<IpAddress>> aaaa(std::string name, Deadline deadline) override {
    co_return read(co_await ask(std::move(name), Type::Aaaa, deadline), dns::read_aaaa);
  }
  Task<DnsResult<MxRecord>> mx(std::string name, Deadline deadline) override {
    co_return read(co_await ask(std::move(name), Type::Mx, deadline), dns::read_mx);
  }
  Task<DnsResult<std::string>> txt(std::string name, Deadline deadline) override {
    co_return read(co_await ask(std::move(name), Type::Txt, deadline), dns::read_txt);
  }
  Task<DnsResult<std::string>> ptr(IpAddress address, Deadline deadline) override {
    co_return read(co_await ask(address.reverse_name(), Type::Ptr, deadline), dns::read_name);
  }
  Task<DnsResult<TlsaRecord>> tlsa(std::string name, Deadline deadline) override {
    co_return read(co_await ask(std::move(name), Type::Tlsa, deadline), dns::read_tlsa);
  }
  Task<bool> dnssec_works(Deadline deadline) override {
    if (!validates_) co_return false;
    const Answer answer = co_await ask(".", Type::DnsKey, deadline);
    co_return answer && (*answer)->secure;
  }

 private:
  std::string begin();
  std::string set_up();
  std::string option(const char* name, const char* value);
  std::string trust(const std::string& root_key);
  std::string choose_servers();
  std::string finish_settings();
  Task<> take_answers();
  Task<Answer> ask(std::string name, Type type, Deadline deadline);

  template <class Read>
  static auto read(Answer answered, Read read_record) -> DnsResult<typename std::invoke_result_t<Read, std::string_view>::value_type> {
    if (!answered) return fail(answered.error());
    const ub_result* result = answered->get();
    DnsAnswer<typename std::invoke_result_t<Read, std::string_view>::value_type> answer;
    for (int i = 0; result->data[i]; ++i) {
      auto record = read_record(std::string_view(result->data[i], static_cast<std::size_t>(result->len[i])));
      if (record) answer.records.push_back(std::move(*record));
    }
    if (answer.records.empty()) return fail(DnsFault::TryAgain);
    answer.secure = result->secure != 0;
    answer.canonical_name = to_lower(result->canonname ? result->canonname : result->qname);
    if (answer.canonical_name.ends_with('.')) answer.canonical_name.pop_back();
    return answer;
  }

  Loop& loop_;
  const DnsSettings settings_;
  std::vector<std::string> host_servers_;  // those of /etc/resolv.conf
  bool validates_ = false;
  std::unique_ptr<Context> context_;       // made for the first question: it takes most of a megabyte
  std::unique_ptr<Watch> watch_;
  TaskGroup tasks_;
};

// resolv.conf(5). Without the file, as the C library has it, a server on this host is asked.
std::vector<std::string> read_host_servers() {
  std::vector<std::string> servers;
  std::ifstream file("/etc/resolv.conf");
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view keyword = "nameserver";
    if (!line.starts_with(keyword)) continue;
    const std::string server(trim(std::string_view(line).substr(keyword.size())));
    // One with the name of an interface is for the C library alone.
    if (IpAddress::parse(server)) servers.push_back(server);
  }
  if (servers.empty()) servers.emplace_back("127.0.0.1");
  return servers;
}

std::string UnboundResolver::option(const char* name, const char* value) {
  const int error = ub_ctx_set_option(context_->ub, name, value);
  return error == 0 ? "" : std::string(name) + " " + value + ": " + ub_strerror(error);
}

// The trust anchor's records, one a line; comments begin with a semicolon.
std::string UnboundResolver::trust(const std::string& root_key) {
  for (const std::string_view line : split(root_key, '\n')) {
    const std::string record(trim(line.substr(0, line.find(';'))));
    if (record.empty()) continue;
    if (const int error = ub_ctx_add_ta(context_->ub, record.c_str())) return "root key: " + std::string(ub_strerror(error));
    validates_ = true;
  }
  return option("module-config:", validates_ ? "validator iterator" : "iterator");
}

std::string UnboundResolver::choose_servers() {
  const bool own = !settings_.servers.empty();
  for (const auto& server : own ? settings_.servers : host_servers_) {
    if (const int error = ub_ctx_set_fwd(context_->ub, server.c_str())) return "server " + server + ": " + ub_strerror(error);
  }
  return own ? option("unblock-lan-zones:", "yes") : "";
}

std::string UnboundResolver::set_up() {
  context_ = std::make_unique<Context>();
  if (!context_->ub) return "libunbound: no memory";
  std::string error = option("do-not-query-localhost:", "no");
  if (error.empty()) error = option("logfile:", "");
  if (error.empty()) error = option("use-syslog:", "no");
  if (error.empty()) error = trust(settings_.root_key);
  if (error.empty() && !settings_.recurse) error = choose_servers();
  if (error.empty()) error = finish_settings();
  if (!error.empty()) return error;
  if (!settings_.servers.empty()) ub_ctx_zone_remove(context_->ub, "test.");
  for (const auto& zone : settings_.local_zones) {
    if (const int fault = ub_ctx_zone_add(context_->ub, zone.c_str(), "static")) return "zone " + zone + ": " + ub_strerror(fault);
  }
  return "";
}

// A question that is answered here, on this thread: afterwards the settings are final and checked.
std::string UnboundResolver::finish_settings() {
  ub_ctx_debuglevel(context_->ub, 0);
  if (const int error = ub_ctx_async(context_->ub, 1)) return "libunbound: " + std::string(ub_strerror(error));
  ub_result* answer = nullptr;
  const int error = ub_resolve(context_->ub, "localhost.", static_cast<int>(Type::A), 1, &answer);
  const ResultPtr owned(answer);
  return error == 0 ? "" : "libunbound: " + std::string(ub_strerror(error));
}

std::string UnboundResolver::check() {
  if (settings_.servers.empty()) host_servers_ = read_host_servers();
  const std::string error = set_up();
  context_.reset();
  return error;
}

// With the first question; no file is read.
std::string UnboundResolver::begin() {
  if (std::string error = set_up(); !error.empty()) {
    context_.reset();
    return error;
  }
  watch_ = loop_.watch(ub_fd(context_->ub));
  tasks_.spawn(take_answers());
  return "";
}

Task<> UnboundResolver::take_answers() {
  while (true) {
    const int ready = co_await watch_->wait(Direction::Read, Deadline::never());
    if (ready != static_cast<int>(Readiness::Ready)) co_return;
    ub_process(context_->ub);
  }
}

Task<Answer> UnboundResolver::ask(std::string name, Type type, Deadline deadline) {
  if (!context_ && !begin().empty()) co_return fail(DnsFault::TryAgain);
  auto* question = new Question(*context_);
  const CellRef cell(question);
  int id = 0;
  const int error = ub_resolve_async(context_->ub, name.c_str(), static_cast<int>(type), 1, question, Question::answered, &id);
  if (error != 0) co_return fail(DnsFault::TryAgain);
  question->opened(id);
  const Timer timer(loop_, deadline, cell);
  co_await cell;
  if (!question->result) co_return fail(question->fault);
  if (!question->result->havedata) co_return fail(fault_of(*question->result));
  co_return std::move(question->result);
}

}  // namespace

std::unique_ptr<Resolver> make_unbound_resolver(Loop& loop, const DnsSettings& settings, std::string* error) {
  auto resolver = std::make_unique<UnboundResolver>(loop, settings);
  const std::string fault = resolver->check();
  if (fault.empty()) return resolver;
  if (error) *error = fault;
  return nullptr;
}

}  // namespace courier
