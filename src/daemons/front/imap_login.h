// ImapLogin: IMAP before sign-in (RFC 3501, sections 6.1 and 6.2; RFC 4959, 2971, 7888).
#pragma once

#include "daemons/front/session.h"
#include "wire/imap/command.h"

namespace courier::front {

class ImapLogin final : public Session {
 public:
  using Session::Session;

 protected:
  std::string farewell(std::string_view why) const override;
  std::string greeting() const override;
  Task<> converse() override;

 private:
  [[nodiscard]] std::string capabilities() const;
  [[nodiscard]] Task<> execute(std::string text);
  [[nodiscard]] Task<> login(std::string tag, imap::LoginArguments arguments);
  [[nodiscard]] Task<> authenticate(std::string tag, imap::AuthenticateArguments arguments);
  [[nodiscard]] Task<> conclude(std::string tag, SignIn result);
  [[nodiscard]] Task<> start_tls_command(std::string tag);
  [[nodiscard]] Task<> protocol_error(std::string text);

  int errors_ = 0;  // one after another
};

}  // namespace courier::front
