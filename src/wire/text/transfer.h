// Content transfer encodings (RFC 2045, sections 6.7 and 6.8), decoded chunk by chunk: any split of the input gives the
// same output. Tolerant as readers of mail must be: what is not valid is left out (base64) or kept as it stands
// (quoted-printable). Line ends in and out are LF or CRLF as they come.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace courier {

class TransferDecoder {
 public:
  virtual ~TransferDecoder() = default;
  // Appends what `chunk` decodes to.
  virtual void write(std::string_view chunk, std::string& out) = 0;
  // The end of the input: appends what was held back.
  virtual void finish(std::string& out) = 0;
};

class QuotedPrintableDecoder final : public TransferDecoder {
 public:
  void write(std::string_view chunk, std::string& out) override;
  void finish(std::string& out) override;

 private:
  void put(char c, std::string& out);
  void put_escaped(char c, std::string& out);
  std::string held_;  // "=" and what follows it so far, or blanks that may end the line
};

class Base64Decoder final : public TransferDecoder {
 public:
  void write(std::string_view chunk, std::string& out) override;
  void finish(std::string&) override {}

 private:
  std::uint32_t bits_ = 0;
  int count_ = 0;
};

// By the value of Content-Transfer-Encoding, in any case; 7bit, 8bit, binary and unknown ones give null: bytes as they are.
[[nodiscard]] std::unique_ptr<TransferDecoder> make_transfer_decoder(std::string_view encoding);

}  // namespace courier
