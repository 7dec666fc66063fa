// Session: one connection from its greeting to its sign-in. What IMAP and POP3 share is here; their commands and texts are
// in imap_login.h and pop3_login.h.
//
// A session that waits holds no buffer but the command under way. It ends by itself login_time after it began.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/auth.h"
#include "daemons/front/environment.h"
#include "runtime/stream.h"

namespace courier::front {

class Session {
 public:
  // `environment` outlives the session.
  Session(Environment& environment, auth::Service service, StreamPtr stream, bool implicit_tls, std::string name);
  // Tells auth that the connection is over, unless a mailbox process has it.
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // From greeting to hand-over or end.
  [[nodiscard]] Task<> run();

  // auth has answered for this connection: it may be destroyed without leaving a wrong count behind.
  [[nodiscard]] bool settled() const { return settled_; }
  // Tells the client why it is about to be destroyed, if it can be told without waiting.
  void say_farewell(std::string_view why);
  [[nodiscard]] const std::string& name() const { return name_; }

 protected:
  // "* BYE text\r\n", "-ERR text\r\n".
  [[nodiscard]] virtual std::string farewell(std::string_view why) const = 0;
  [[nodiscard]] virtual std::string greeting() const = 0;
  // Until finish() was called or more() said no.
  [[nodiscard]] virtual Task<> converse() = 0;

  // Writes; false: the client is gone, and the session is finished.
  [[nodiscard]] Task<bool> say(std::string text);
  // Waits for bytes and appends them to `input`; false: the client is gone or its time is over.
  [[nodiscard]] Task<bool> more();
  // TLS from the next byte on; what was read before is discarded (RFC 3207, section 4.2). False: it failed.
  [[nodiscard]] Task<bool> start_tls();
  // The last thing that happens: `why` goes to the log.
  void finish(std::string why);
  [[nodiscard]] bool finished() const { return finished_; }

  [[nodiscard]] bool tls() const { return stream_ && stream_->tls() != nullptr; }
  [[nodiscard]] bool can_start_tls() const { return !tls() && environment_.tls != nullptr; }
  // Offered on this connection as it is now.
  [[nodiscard]] std::vector<std::string> mechanisms() const;
  [[nodiscard]] bool offers(std::string_view mechanism) const;

  enum class Course {
    Success,    // the connection is handed over, the session finished
    Denied,     // wrong user name or password
    Refused,    // the account or mechanism may not; `reason` is for the client
    Malformed,  // not the grammar of the mechanism, or not base64
    Cancelled,  // the client sent "*"
    Trouble,    // auth or the mailbox does not answer
    Gone,       // so is the client
  };
  struct SignIn {
    Course course = Course::Trouble;
    std::string reason;
  };
  // The whole exchange, "+ challenge" lines included, and on success the hand-over. `tag` is IMAP's.
  [[nodiscard]] Task<SignIn> sign_in(std::string mechanism, bool has_initial, std::string initial, std::string tag);
  // With a password in hand.
  [[nodiscard]] Task<SignIn> sign_in_plain(std::string user, std::string password, std::string tag);
  // Counts a failed sign-in; true: it was the last that this connection may have.
  [[nodiscard]] bool too_many_failures();

  Environment& environment_;
  std::string input_;  // received, not yet taken

 private:
  [[nodiscard]] Task<bool> ask_leave();
  // Connected, once more when auth died meanwhile; keeps its answer.
  [[nodiscard]] Task<ChannelResult<auth::ConnectedReply>> announce();
  [[nodiscard]] Task<ChannelResult<auth::SaslReply>> begin(auth::SaslBegin request);
  [[nodiscard]] Task<> serve();
  [[nodiscard]] Task<auth::SaslReply> challenge(auth::SaslReply reply, Course& course);
  // A line of the exchange; false: the client is gone.
  [[nodiscard]] Task<bool> response_line(std::string& line);
  [[nodiscard]] Task<bool> hand_over(auth::SaslReply reply, std::string tag);
  [[nodiscard]] Deadline login_deadline() const { return deadline_; }

  auth::Service service_;
  StreamPtr stream_;
  std::shared_ptr<TlsServerContext> context_;  // of stream_ when it is TLS
  bool implicit_tls_;
  std::string name_;
  std::string peer_;
  Deadline deadline_;
  std::uint64_t connection_ = 0;  // auth's number
  std::uint64_t auth_generation_ = 0;  // which auth gave it: a new one does not know it
  std::vector<std::string> mechanisms_plain_, mechanisms_tls_;
  std::int64_t failures_ = 0;
  bool settled_ = false, finished_ = false, handed_over_ = false;
};

}  // namespace courier::front
