// A whole IMAP4rev1 command (RFC 3501, section 6) with LITERAL+ (7888), UIDPLUS (4315), NAMESPACE (2342), IDLE (2177),
// SASL-IR (4959), UNSELECT (3691), ID (2971), MOVE (6851) and ENABLE (5161).
//
// The reader (wire/imap/reader.h) finds where a command ends; parse_command() gets it whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "wire/imap/append.h"
#include "wire/imap/fetch.h"
#include "wire/imap/id.h"
#include "wire/imap/limits.h"
#include "wire/imap/list.h"
#include "wire/imap/login.h"
#include "wire/imap/search.h"
#include "wire/imap/sequence_set.h"
#include "wire/imap/status.h"
#include "wire/imap/store.h"

namespace courier::imap {

enum class Verb : std::uint8_t {
  // in any state
  Capability,
  Noop,
  Logout,
  Id,
  // before sign-in
  StartTls,
  Login,
  Authenticate,
  // after sign-in
  Enable,
  Namespace,
  Select,
  Examine,
  Create,
  Delete,
  Rename,
  Subscribe,
  Unsubscribe,
  List,
  Lsub,
  Status,
  Append,
  Idle,
  // with a folder selected
  Check,
  Close,
  Unselect,
  Expunge,
  Search,
  Fetch,
  Store,
  Copy,
  Move,
};
[[nodiscard]] std::string_view to_string(Verb verb);

// A folder's name as the client wrote it (modified UTF-7): SELECT, EXAMINE, CREATE, DELETE, SUBSCRIBE, UNSUBSCRIBE.
struct MailboxArguments {
  std::string mailbox;
  bool operator==(const MailboxArguments&) const = default;
};
struct RenameArguments {
  std::string from, to;
  bool operator==(const RenameArguments&) const = default;
};
// COPY and MOVE.
struct CopyArguments {
  SequenceSet set;
  std::string mailbox;
  bool operator==(const CopyArguments&) const = default;
};
// UID EXPUNGE.
struct UidSetArguments {
  SequenceSet set;
  bool operator==(const UidSetArguments&) const = default;
};
struct EnableArguments {
  std::vector<std::string> capabilities;
  bool operator==(const EnableArguments&) const = default;
};

using Arguments = std::variant<std::monostate, MailboxArguments, RenameArguments, CopyArguments, UidSetArguments, EnableArguments,
                               LoginArguments, AuthenticateArguments, IdArguments, ListArguments, StatusArguments, AppendArguments,
                               SearchArguments, FetchArguments, StoreArguments>;

struct Command {
  std::string tag;
  Verb verb = Verb::Noop;
  bool uid = false;     // the UID form: of EXPUNGE, SEARCH, FETCH, STORE, COPY, MOVE
  Arguments arguments;  // the alternative that belongs to the verb
  bool operator==(const Command&) const = default;
};

struct CommandError {
  std::string tag;    // empty when not even that was right: answer "*"
  bool unknown = false;  // no such command; else a syntax error
  SyntaxError syntax;
};

// `text` is a whole command without its last line end, for APPEND up to the mark of the message's literal.
[[nodiscard]] Result<Command, CommandError> parse_command(std::string_view text, const Limits& limits);
// Without the last line end.
[[nodiscard]] std::string write_command(const Command& command);

}  // namespace courier::imap
