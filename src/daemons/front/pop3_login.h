// Pop3Login: POP3 before sign-in (RFC 1939, section 4; RFC 2449, 2595, 3206, 5034).
#pragma once

#include "daemons/front/session.h"
#include "wire/pop3/command.h"

namespace courier::front {

class Pop3Login final : public Session {
 public:
  using Session::Session;

 protected:
  std::string farewell(std::string_view why) const override;
  std::string greeting() const override;
  Task<> converse() override;

 private:
  [[nodiscard]] Task<> execute(std::string line);
  [[nodiscard]] Task<> user(pop3::User command);
  [[nodiscard]] Task<> pass(pop3::Pass command);
  [[nodiscard]] Task<> authenticate(pop3::Auth command);
  [[nodiscard]] Task<> start_tls_command();
  [[nodiscard]] Task<> conclude(SignIn result, std::string denied);
  [[nodiscard]] Task<> protocol_error(std::string_view text);

  std::string user_;
  int errors_ = 0;  // one after another
};

}  // namespace courier::front
