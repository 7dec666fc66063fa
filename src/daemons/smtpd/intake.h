// Intake: one message on its way from the client to the queue.
//
// Up to 64 KiB it stays in memory and travels inside the submit; beyond that it goes into a file that queue has opened,
// written once and piece by piece on the pool. The header is checked and completed in memory before anything is written.
// A fault does not end the reading: the rest is dropped and finish() gives the reply.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "contracts/submit.h"
#include "daemons/smtpd/environment.h"
#include "rules/header.h"
#include "wire/smtp/data.h"
#include "wire/smtp/reply.h"

namespace courier::smtpd {

// What the session knows of the message before its data comes.
struct IntakeFacts {
  submit::Submit request;         // the envelope, with its id
  std::string received;           // the Received field that stands in front
  bool completes_header = false;  // a submission: Date, Message-ID and To are added
  // When set, every address of the From field must be one of these.
  std::optional<std::vector<std::string>> from_allowed;
  std::string session;            // for the log
};

class Intake {
 public:
  // `environment` outlives the intake.
  Intake(Environment& environment, std::shared_ptr<const Config> config, IntakeFacts facts, smtp::DataDecoder::Framing framing);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Takes bytes of the message from the front of `bytes`, as the client sent them. True: flush() is due.
  [[nodiscard]] bool take(std::string_view& bytes);
  // BDAT: the last chunk is in. True: flush() is due.
  [[nodiscard]] bool end();
  // The data has ended.
  [[nodiscard]] bool complete() const { return decoder_.finished(); }
  [[nodiscard]] Task<> flush();

  // The message will be refused with this reply, unless it is already.
  void refuse(smtp::Reply reply);
  // Everything is in: hands it to the queue and waits until it is on stable storage. 250, or why not.
  [[nodiscard]] Task<smtp::Reply> finish();

 private:
  [[nodiscard]] bool is_full();
  void check_header(bool whole);
  void check_from(const rules::HeaderFacts& facts);
  void account_for_buffer();
  [[nodiscard]] Task<> open_file();
  [[nodiscard]] Task<> write_file();
  [[nodiscard]] Task<ChannelResult<submit::SubmitReply>> submit();
  [[nodiscard]] smtp::Reply reply_to(const ChannelResult<submit::SubmitReply>& outcome, bool repeated);

  Environment& env_;
  std::shared_ptr<const Config> config_;
  IntakeFacts facts_;                 // the request gets its body when all is in
  smtp::DataDecoder decoder_;
  std::string buffer_;
  std::size_t ahead_ = 0;             // octets of the Received field in front
  std::size_t counted_ = 0;           // of the buffer, in env_.body_bytes
  bool header_done_ = false;
  bool eight_bit_ = false;
  std::uint64_t received_size_ = 0;   // octets that came from the client, flushed ones included
  std::size_t seen_ = 0;              // of the buffer, in received_size_
  std::optional<smtp::Reply> refusal_;
  std::shared_ptr<Descriptor> file_;  // when the body goes into one
  std::uint64_t handle_ = 0;
  std::uint64_t generation_ = 0;      // of the queue's channel when the file was opened
  std::uint64_t written_ = 0;
};

}  // namespace courier::smtpd
