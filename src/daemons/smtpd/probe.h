// What smtpd tells the log and the metrics. Addresses and replies stand there, passwords and message text never.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/log.h"
#include "runtime/metrics.h"
#include "wire/smtp/reply.h"

namespace courier::smtpd {

class Probe {
 public:
  Probe(Log& log, Metrics& metrics);

  void connected(std::string_view session, std::string_view service, std::string_view peer);
  // `reason`: a fixed word or two.
  void disconnected(std::string_view session, std::string_view reason);
  void refused(std::string_view peer, std::string_view reason);
  void tls_started(std::string_view session, std::string_view version, std::string_view cipher);
  void tls_failed(std::string_view session, std::string_view reason);
  void signed_in(std::string_view session, std::string_view mechanism, std::string_view account);
  void sign_in_failed(std::string_view session, std::string_view mechanism, std::string_view peer, std::string_view reason);
  // A command was answered 4xx or 5xx. `command`: its verb, and for MAIL and RCPT the address.
  void rejected(std::string_view session, std::string_view peer, std::string_view command, const smtp::Reply& reply);
  void accepted(std::string_view session, std::string_view id, std::string_view sender, std::size_t recipients, std::uint64_t size,
                std::string_view account);
  void message_refused(std::string_view session, std::string_view id, std::string_view sender, const smtp::Reply& reply);
  // A process of ours did not answer as it should.
  void trouble(std::string_view session, std::string_view what, std::string_view detail);
  void exception(std::string_view session, std::string_view what);

 private:
  Log& log_;
  Counter& connections_;
  Counter& refused_;
  Counter& accepted_;
  Counter& bytes_;
  Counter& refused_messages_;
  Counter& rejected_;
  Counter& signed_in_;
  Counter& sign_in_failed_;
  Counter& trouble_;
  Gauge& sessions_;
};

}  // namespace courier::smtpd
