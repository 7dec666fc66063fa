// imap_load: signs in to IMAP and either stays idle or fetches; prints one line of JSON.
//   imap_load --port P --mode idle  [--connections 1000] [--users 100]      then waits for standard input to end
//   imap_load --port P --mode fetch [--rounds 3]                            one mailbox, FETCH 1:* in several ways
//   [--user user%d@example.test] [--password courier-demo] [--tls 1]       --tls: implicit TLS
#include "client.h"

namespace {

// Reads until the tagged reply; throws unless it is OK. Literals are skipped, not kept. Gives the untagged lines' count.
int finish(bench::Client& client, const std::string& tag) {
  int untagged = 0;
  for (;;) {
    const std::string line = client.line();
    if (line.starts_with(tag + " ")) {
      if (!line.starts_with(tag + " OK")) throw std::runtime_error(line);
      return untagged;
    }
    if (line.starts_with("* ")) ++untagged;
    if (!line.empty() && line.back() == '}') {
      const auto open = line.rfind('{');
      client.skip(static_cast<std::size_t>(std::atol(line.c_str() + open + 1)));
    }
  }
}

int command(bench::Client& client, const std::string& text) {
  client.send("a " + text + "\r\n");
  return finish(client, "a");
}

bench::Client sign_in(const bench::Options& options, int number) {
  bench::Client client(options.number("port", 10143), options.number("tls", 0) != 0);
  client.line();
  command(client,
          "LOGIN " + bench::numbered(options.text("user", "user%d@example.test"), number) + " " + options.text("password", "courier-demo"));
  return client;
}

int idle(const bench::Options& options) {
  const int connections = options.number("connections", 1000);
  const int users = options.number("users", 100);
  std::vector<bench::Client> clients;
  const double start = bench::now();
  for (int i = 0; i < connections; ++i) {
    clients.push_back(sign_in(options, i % users + 1));
    command(clients.back(), "SELECT INBOX");
    clients.back().send("b IDLE\r\n");
    clients.back().line();
  }
  std::printf("{\"connections\":%d,\"seconds\":%.3f}\n", connections, bench::now() - start);
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
  return 0;
}

int fetch(const bench::Options& options) {
  bench::Client client = sign_in(options, 1);
  command(client, "SELECT INBOX");
  const std::pair<const char*, const char*> kinds[] = {{"flags", "FETCH 1:* (FLAGS UID)"},
                                                       {"envelope", "FETCH 1:* (UID ENVELOPE BODYSTRUCTURE RFC822.SIZE)"},
                                                       {"body", "FETCH 1:* BODY.PEEK[]"}};
  std::printf("{");
  for (const auto& [name, text] : kinds) {
    if (const auto only = options.text("only", name); only != name) continue;
    double best = 1e9;
    int messages = 0;
    for (int round = 0; round < options.number("rounds", 3); ++round) {
      const double start = bench::now();
      messages = command(client, text);
      best = std::min(best, bench::now() - start);
    }
    std::printf("\"%s_per_s\":%.0f,", name, messages / best);
  }
  std::printf("\"ok\":true}\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options(argc, argv);
  try {
    return options.text("mode", "idle") == "fetch" ? fetch(options) : idle(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "imap_load: %s\n", e.what());
    return 1;
  }
}
