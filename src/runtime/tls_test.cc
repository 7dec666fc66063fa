#include "runtime/tls.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/encode.h"
#include "runtime/channel.h"
#include "runtime/random.h"
#include "runtime/task_group.h"
#include "runtime/testing/manual_loop.h"

namespace courier {
namespace {

using Verify = TlsClientSettings::Verify;

const TlsCertificate& mx_certificate() {
  static const TlsCertificate certificate = make_self_signed({"mx.example.test", "*.wild.test", "127.0.0.1"});
  return certificate;
}
const TlsCertificate& other_certificate() {
  static const TlsCertificate certificate = make_self_signed({"other.test"});
  return certificate;
}

std::unique_ptr<TlsServerContext> make_server(Loop& loop, TlsServerSettings settings = {}) {
  if (settings.certificates.empty()) settings.certificates = {mx_certificate(), other_certificate()};
  return std::move(*make_tls_server(loop, settings));
}

// Both ends of one connection after (or instead of) the handshake.
struct Ends {
  IoResult<StreamPtr> server = fail(IoError{});
  IoResult<StreamPtr> client = fail(IoError{});
};

Task<> accept_into(TlsServerContext& server, StreamPtr plain, IoResult<StreamPtr>& into, Deadline deadline) {
  into = co_await server.accept(std::move(plain), deadline);
}

Task<> shake(Loop& loop, TlsServerContext& server, TlsClientContext& client, StreamPair plain, TlsClientSettings settings, Ends& ends) {
  TaskGroup group(loop, no_exceptions());
  group.spawn(accept_into(server, std::move(plain.first), ends.server, loop.in(seconds(5))));
  ends.client = co_await client.connect(std::move(plain.second), std::move(settings), loop.in(seconds(5)));
  co_await group.wait_empty(loop.in(seconds(5)));
}

Ends connect(Loop& loop, TlsServerContext& server, TlsClientContext& client, TlsClientSettings settings = {}) {
  Ends ends;
  run_until_done(loop, shake(loop, server, client, make_memory_streams(loop), std::move(settings), ends));
  return ends;
}

StreamPair socket_streams(Loop& loop) {
  SocketPair pair = make_socket_pair();
  return {make_socket_stream(loop, std::move(pair.first)), make_socket_stream(loop, std::move(pair.second))};
}

// Writes `text` at one end and reads as much at the other.
Task<std::string> pass(Loop& loop, Stream& from, Stream& to, std::string text) {
  std::string got;
  char buffer[4096];
  std::size_t sent = 0;
  while (got.size() < text.size()) {
    if (sent < text.size()) {
      const auto taken = from.write_now(std::string_view(text).substr(sent));
      if (taken) sent += *taken;
    }
    const auto read = to.read_now(buffer);
    if (read) {
      got.append(buffer, *read);
    } else if (read.error() == IoFault::WouldBlock) {
      if (!co_await to.readable(loop.in(seconds(5)))) break;
    } else {
      break;
    }
  }
  co_return got;
}

class TlsTest : public testing::Test {
 protected:
  ManualLoop loop;
  std::unique_ptr<TlsServerContext> server = make_server(loop);
  std::unique_ptr<TlsClientContext> client = std::move(*make_tls_client(loop));
};

TEST_F(TlsTest, CarriesBytesBothWays) {
  Ends ends = connect(loop, *server, *client, {.server_name = "mx.example.test"});
  ASSERT_TRUE(ends.server && ends.client);
  EXPECT_EQ((*ends.client)->tls()->version, "TLSv1.3");
  EXPECT_GE((*ends.server)->tls()->bits, 128);
  EXPECT_EQ((*ends.server)->tls()->server_name, "mx.example.test");
  const std::string large(300'000, 'x');
  EXPECT_EQ(run_until_done(loop, pass(loop, **ends.client, **ends.server, large)), large);
  EXPECT_EQ(run_until_done(loop, pass(loop, **ends.server, **ends.client, "250 ok\r\n")), "250 ok\r\n");
}

TEST_F(TlsTest, ASecondReadFindsTheRestOfARecordWithoutWaiting) {
  Ends ends = connect(loop, *server, *client);
  ASSERT_TRUE((*ends.server)->write_now("abcdef"));
  char buffer[3];
  ASSERT_EQ(run_until_done(loop, read_some(**ends.client, buffer, loop.in(seconds(1)))), 3u);
  EXPECT_TRUE(run_until_done(loop, (*ends.client)->readable(loop.in(seconds(1)))));
  EXPECT_EQ((*ends.client)->read_now(buffer), 3u);
  EXPECT_TRUE((*ends.client)->read_now(buffer).error() == IoFault::WouldBlock);
}

TEST_F(TlsTest, FinishWritingSendsCloseNotifyAndReadingGoesOn) {
  Ends ends = connect(loop, *server, *client);
  (*ends.client)->finish_writing();
  char buffer[16];
  const auto read = run_until_done(loop, read_some(**ends.server, buffer, loop.in(seconds(1))));
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error() == IoFault::Closed);
  EXPECT_EQ(run_until_done(loop, pass(loop, **ends.server, **ends.client, "bye")), "bye");
}

TEST_F(TlsTest, AConnectionCutWithoutCloseNotifyIsNotTheEndOfTheStream) {
  Ends ends = connect(loop, *server, *client);
  ends.client->reset();
  char buffer[16];
  const auto read = run_until_done(loop, read_some(**ends.server, buffer, loop.in(seconds(1))));
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error() == IoFault::Reset);
}

TEST_F(TlsTest, ChoosesTheCertificateByServerName) {
  const struct {
    const char* name;
    const TlsCertificate& trust;
    bool ok;
  } rows[] = {
      {"mx.example.test", mx_certificate(), true}, {"MX.example.test", mx_certificate(), true}, {"other.test", other_certificate(), true},
      {"a.wild.test", mx_certificate(), true},     {"a.b.wild.test", mx_certificate(), false},  {"unknown.test", mx_certificate(), false},
      {"other.test", mx_certificate(), false},     {"127.0.0.1", mx_certificate(), true},       {"127.0.0.2", mx_certificate(), false},
  };
  for (const auto& row : rows) {
    Ends ends =
        connect(loop, *server, *client, {.verify = Verify::Name, .server_name = row.name, .dane = {}, .trust_pem = row.trust.chain_pem});
    EXPECT_EQ(ends.client.has_value(), row.ok) << row.name;
    if (ends.client) {
      EXPECT_TRUE((*ends.client)->tls()->peer_verified);
      EXPECT_NE((*ends.client)->tls()->peer_subject, "");
    } else {
      EXPECT_TRUE(ends.client.error() == IoFault::Untrusted) << row.name << ends.client.error().detail;
    }
  }
}

TEST_F(TlsTest, WithoutVerificationAnyCertificateServesAndIsNotCalledVerified) {
  Ends ends = connect(loop, *server, *client, {.server_name = "unknown.test"});
  ASSERT_TRUE(ends.client);
  EXPECT_FALSE((*ends.client)->tls()->peer_verified);
}

TEST_F(TlsTest, ASystemRootIsAskedWhenNoneIsGiven) {
  Ends ends = connect(loop, *server, *client, {.verify = Verify::Name, .server_name = "mx.example.test"});
  ASSERT_FALSE(ends.client);
  EXPECT_TRUE(ends.client.error() == IoFault::Untrusted);
}

// A sandbox lets nothing be opened later.
TEST_F(TlsTest, TheSystemsRootsAreOpenedAtTheStart) {
  const std::string path = testing::TempDir() + "roots." + std::to_string(::getpid()) + ".pem";
  std::ofstream(path) << mx_certificate().chain_pem;
  ::setenv("SSL_CERT_FILE", path.c_str(), 1);
  const auto early = std::move(*make_tls_client(loop));
  ::unsetenv("SSL_CERT_FILE");
  std::filesystem::remove(path);
  for (const auto& [name, trusted] : {std::pair("mx.example.test", true), std::pair("other.test", false)}) {
    const Ends ends = connect(loop, *server, *early, {.verify = Verify::Name, .server_name = name});
    EXPECT_EQ(ends.client.has_value(), trusted) << name;
  }
}

TEST_F(TlsTest, DaneChecksTheKeyAndNotTheName) {
  const std::string wrong = std::string("\3\1\1", 3) + std::string(32, 'x');
  const std::string certificate_usage = std::string("\1\1\1", 3) + std::string(32, 'x');
  Ends ends = connect(loop, *server, *client, {.verify = Verify::Dane, .server_name = "mx.example.test", .dane = {wrong}});
  ASSERT_FALSE(ends.client);
  EXPECT_TRUE(ends.client.error() == IoFault::Untrusted);
  const std::string& pem = mx_certificate().chain_pem;
  std::string body = pem.substr(28, pem.find("-----END") - 28);
  std::erase(body, '\n');
  const std::string right = std::string("\3\0\0", 3) + base64_decode(body).value();
  ends = connect(loop, *server, *client, {.verify = Verify::Dane, .server_name = "unknown.test", .dane = {wrong, right}});
  ASSERT_TRUE(ends.client) << ends.client.error().detail;
  EXPECT_TRUE((*ends.client)->tls()->peer_verified);
  // Usages 0 and 1 are not usable for SMTP: encryption without a check remains (RFC 7672, section 2.2).
  ends = connect(loop, *server, *client, {.verify = Verify::Dane, .server_name = "mx.example.test", .dane = {certificate_usage}});
  ASSERT_TRUE(ends.client);
  EXPECT_FALSE((*ends.client)->tls()->peer_verified);
}

TEST_F(TlsTest, AlpnPicksTheServersBestAndRefusesStrangers) {
  TlsServerSettings settings;
  settings.alpn = {"smtp", "imap"};
  const auto speaks_smtp = make_server(loop, settings);
  EXPECT_TRUE(connect(loop, *speaks_smtp, *client).client);  // the client need not offer any
  Ends ends = connect(loop, *speaks_smtp, *client, {.alpn = {"imap", "smtp"}});
  ASSERT_TRUE(ends.client);
  EXPECT_EQ((*ends.client)->tls()->alpn, "smtp");
  EXPECT_EQ((*ends.server)->tls()->alpn, "smtp");
  EXPECT_FALSE(connect(loop, *speaks_smtp, *client, {.alpn = {"h2"}}).client);
}

TEST_F(TlsTest, BothSidesAgreeOnTheChannelBinding) {
  Ends ends = connect(loop, *server, *client);
  EXPECT_EQ((*ends.client)->channel_binding().size(), 32u);
  EXPECT_EQ((*ends.client)->channel_binding(), (*ends.server)->channel_binding());
  Ends again = connect(loop, *server, *client);
  EXPECT_NE((*ends.client)->channel_binding(), (*again.client)->channel_binding());
}

TEST_F(TlsTest, SessionsAreResumedAcrossContextsThatShareTicketKeys) {
  const TicketKeys first{{random_bytes(80)}};
  const TicketKeys rotated{{random_bytes(80), first.keys.front()}};
  const TlsClientSettings settings{.server_name = "mx.example.test"};
  server->set_ticket_keys(first);
  Ends ends = connect(loop, *server, *client, settings);
  EXPECT_FALSE((*ends.client)->tls()->resumed);
  run_until_done(loop, pass(loop, **ends.server, **ends.client, "x"));  // the ticket comes before it

  const auto second = make_server(loop);
  second->set_ticket_keys(rotated);
  ends = connect(loop, *second, *client, settings);
  ASSERT_TRUE(ends.server && ends.client);
  EXPECT_TRUE((*ends.client)->tls()->resumed);
  EXPECT_TRUE((*ends.server)->tls()->resumed);

  const auto stranger = make_server(loop);
  ends = connect(loop, *stranger, *client, settings);
  ASSERT_TRUE(ends.server && ends.client);
  EXPECT_FALSE((*ends.client)->tls()->resumed);
}

TEST_F(TlsTest, AnUnverifiedSessionIsNotResumedWhereTheNameCounts) {
  TlsClientSettings settings{.server_name = "unknown.test"};
  Ends ends = connect(loop, *server, *client, settings);
  run_until_done(loop, pass(loop, **ends.server, **ends.client, "x"));
  settings.verify = Verify::Name;
  settings.trust_pem = mx_certificate().chain_pem;
  EXPECT_FALSE(connect(loop, *server, *client, settings).client);
}

TEST_F(TlsTest, PlainTextInsteadOfAHandshakeIsAProtocolError) {
  StreamPair plain = make_memory_streams(loop);
  ASSERT_TRUE(plain.second->write_now("EHLO client.example\r\n"));
  const auto accepted = run_until_done(loop, server->accept(std::move(plain.first), loop.in(seconds(5))));
  ASSERT_FALSE(accepted);
  EXPECT_TRUE(accepted.error() == IoFault::Protocol);
}

TEST_F(TlsTest, AHandshakeThatStallsEndsAtItsDeadline) {
  StreamPair plain = make_memory_streams(loop);
  const auto accepted = run_until_done(loop, server->accept(std::move(plain.first), loop.in(seconds(5))));
  ASSERT_FALSE(accepted);
  EXPECT_TRUE(accepted.error() == IoFault::TimedOut);
}

// RFC 3207, section 4.2: commands that a third party put behind STARTTLS are not commands of the session.
TEST_F(TlsTest, StarttlsInTheMiddleOfAStreamDiscardsWhatWasBuffered) {
  StreamPair plain = make_memory_streams(loop);
  ASSERT_TRUE(plain.second->write_now("STARTTLS\r\nMAIL FROM:<injected@example.test>\r\n"));
  char buffer[512];
  const auto read = plain.first->read_now(buffer);  // the session's buffer, which it discards now
  ASSERT_TRUE(read && *read > 10);
  Ends ends;
  run_until_done(loop, shake(loop, *server, *client, std::move(plain), {}, ends));
  ASSERT_TRUE(ends.server && ends.client);
  EXPECT_TRUE((*ends.server)->read_now(buffer).error() == IoFault::WouldBlock);
  EXPECT_EQ(run_until_done(loop, pass(loop, **ends.client, **ends.server, "EHLO again")), "EHLO again");
}

TEST_F(TlsTest, WhatTheSessionDidNotReadBeforeTheHandshakeBreaksIt) {
  StreamPair plain = make_memory_streams(loop);
  ASSERT_TRUE(plain.second->write_now("MAIL FROM:<injected@example.test>\r\n"));
  Ends ends;
  run_until_done(loop, shake(loop, *server, *client, std::move(plain), {}, ends));
  EXPECT_FALSE(ends.server || ends.client);
}

TEST(TlsSettings, FaultsAreNamed) {
  ManualLoop loop;
  EXPECT_EQ(make_tls_server(loop, {}).error(), "no certificate");
  TlsServerSettings settings;
  settings.certificates = {{mx_certificate().chain_pem, other_certificate().key_pem}};
  EXPECT_TRUE(make_tls_server(loop, settings).error().starts_with("certificate 1: private key")) << make_tls_server(loop, settings).error();
  settings.certificates = {mx_certificate(), {"no PEM", ""}};
  EXPECT_EQ(make_tls_server(loop, settings).error(), "certificate 2: no certificate in the chain file");
}

// --- on real sockets, where OpenSSL wrappers went wrong before ---

class TlsSocketTest : public testing::Test {
 protected:
  TlsSocketTest() { run_until_done(*loop, shake(*loop, *server, *client, socket_streams(*loop), {}, ends)); }

  static Task<> read_into(Stream& stream, Deadline deadline, std::string& got, int& ended) {
    char buffer[64];
    const auto read = co_await read_some(stream, buffer, deadline);
    if (read) got.assign(buffer, *read);
    ++ended;
  }
  static Task<> write_to(Stream& stream, const std::string& text, Deadline deadline, int& ended) {
    const auto written = co_await write_all(stream, text, deadline);
    if (written) ++ended;
  }
  static Task<std::size_t> read_all(Loop& loop, Stream& stream, std::size_t wanted) {
    std::size_t total = 0;
    char buffer[16384];
    while (total < wanted) {
      const auto read = co_await read_some(stream, buffer, loop.in(seconds(5)));
      if (!read) break;
      total += *read;
    }
    co_return total;
  }

  // Lets the loop run until `count` is `wanted`; for what must come, however slow the machine.
  void wait_for(const int& count, int wanted) {
    for (int i = 0; i < 5'000 && count != wanted; ++i) run_until_done(*loop, loop->sleep(milliseconds(1)));
    EXPECT_EQ(count, wanted);
  }

  std::unique_ptr<Loop> loop = make_loop();
  std::unique_ptr<TlsServerContext> server = make_server(*loop);
  std::unique_ptr<TlsClientContext> client = std::move(*make_tls_client(*loop));
  Ends ends;
};

TEST_F(TlsSocketTest, DestroyingAStreamWithAReadInFlight) {
  std::string got;
  int ended = 0;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(read_into(**ends.server, Deadline::never(), got, ended));
  run_until_done(*loop, loop->sleep(milliseconds(5)));
  EXPECT_EQ(ended, 0);
  ends.server->reset();  // the stream goes first, its reader is told later
  wait_for(ended, 1);
  EXPECT_EQ(got, "");
}

TEST_F(TlsSocketTest, DestroyingAReadInFlightLeavesTheStreamUsable) {
  std::string got;
  int ended = 0;
  {
    TaskGroup group(*loop, no_exceptions());
    group.spawn(read_into(**ends.server, Deadline::never(), got, ended));
    run_until_done(*loop, loop->sleep(milliseconds(5)));
  }
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(run_until_done(*loop, pass(*loop, **ends.client, **ends.server, "after")), "after");
}

TEST_F(TlsSocketTest, ATimerAlreadyExpiredButNotYetRunDoesNotEndTheNextWait) {
  std::string got;
  int ended = 0;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(read_into(**ends.server, loop->in(milliseconds(1)), got, ended));
  // Both the bytes and the deadline are there before the loop runs again.
  ASSERT_TRUE((*ends.client)->write_now("now"));
  const Instant until = loop->now() + milliseconds(5);
  while (loop->now() < until) {}
  wait_for(ended, 1);
  const bool first_was_read = !got.empty();
  got.clear();
  group.spawn(read_into(**ends.server, loop->in(seconds(20)), got, ended));
  if (first_was_read) ASSERT_TRUE((*ends.client)->write_now("next"));
  wait_for(ended, 2);
  EXPECT_EQ(got, first_was_read ? "next" : "now");
}

TEST_F(TlsSocketTest, CancellingOneDirectionLeavesAConcurrentWriteAlone) {
  const std::string large(4'000'000, 'w');  // more than the socket holds: the write waits
  std::string got;
  int read_ended = 0, written = 0;
  TaskGroup writer(*loop, no_exceptions());
  writer.spawn(write_to(**ends.server, large, loop->in(seconds(5)), written));
  {
    TaskGroup reader(*loop, no_exceptions());
    reader.spawn(read_into(**ends.server, Deadline::never(), got, read_ended));
    run_until_done(*loop, loop->sleep(milliseconds(5)));
    EXPECT_EQ(written, 0);
  }
  EXPECT_EQ(run_until_done(*loop, read_all(*loop, **ends.client, large.size())), large.size());
  wait_for(written, 1);
  EXPECT_EQ(read_ended, 0);
}

TEST_F(TlsSocketTest, AWriteThatTimesOutWhileAReadWaitsLeavesTheReadAlone) {
  const std::string large(4'000'000, 'w');
  std::string got;
  int ended = 0, written = 0;
  TaskGroup group(*loop, no_exceptions());
  group.spawn(read_into(**ends.server, loop->in(seconds(20)), got, ended));
  group.spawn(write_to(**ends.server, large, loop->in(milliseconds(2)), written));
  run_until_done(*loop, loop->sleep(milliseconds(10)));
  EXPECT_EQ(written + ended, 0);
  ASSERT_TRUE((*ends.client)->write_now("still here"));
  wait_for(ended, 1);
  EXPECT_EQ(got, "still here");
}

}  // namespace
}  // namespace courier
