// contracts/directory: what an address means (smtpd, queue, mailbox -> auth). Contract number 0x02.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace courier::directory {

enum class Verdict : std::uint8_t {
  One,      // a single target: an account of ours, or one forward
  List,     // an alias with `count` members
  Unknown,  // our domain, nobody of that name
  Relayed,  // a domain we accept mail for and pass on
  Foreign,  // not ours
  Later,    // the account database does not answer now
};

struct LookupReply {
  Verdict verdict = Verdict::Later;
  std::string target;       // One: the canonical account or forward address
  std::uint32_t count = 0;  // List
  template <class V>
  void fields(V& v) {
    v("verdict", verdict), v("target", target), v("count", count);
  }
};
// smtpd, at RCPT.
struct Lookup {
  static constexpr std::uint16_t type = 0x0201;
  static constexpr const char* name = "lookup";
  using Reply = LookupReply;
  std::string address;      // without <>, as received
  template <class V>
  void fields(V& v) {
    v("address", address);
  }
};

enum class TargetKind : std::uint8_t {
  Mailbox,  // deliver through the mailbox process `mailbox` to account `address`
  Remote,   // another host
  Failed,   // unknown user, alias loop: `reason`
};
struct Target {
  TargetKind kind = TargetKind::Remote;
  std::string address;
  std::string mailbox;      // peer name: "mailbox:v0"
  std::string reason;       // with Failed: reply text with codes
  template <class V>
  void fields(V& v) {
    v("kind", kind), v("address", address), v("mailbox", mailbox), v("reason", reason);
  }
};
struct ExpandReply {
  bool available = true;    // false: ask again later
  std::vector<Target> targets;
  std::string next;         // not empty: more follow; ask again with this cursor
  bool was_alias = false;   // several members, or another name than asked (RFC 3461, section 5.2.7)
  template <class V>
  void fields(V& v) {
    v("available", available), v("targets", targets), v("next", next), v("was_alias", was_alias);
  }
};
// queue: the whole resolution of an address, aliases of aliases included, each target once, in chunks of at most `most`.
struct Expand {
  static constexpr std::uint16_t type = 0x0202;
  static constexpr const char* name = "expand";
  using Reply = ExpandReply;
  std::string address;
  std::string cursor;       // empty: from the start
  std::uint32_t most = 200;
  template <class V>
  void fields(V& v) {
    v("address", address), v("cursor", cursor), v("most", most);
  }
};

struct AccountReply {
  bool found = false;
  bool available = true;
  std::string address;
  std::uint32_t uid = 0, gid = 0;
  std::string home;         // absolute
  std::string maildir;      // absolute
  std::uint64_t quota_bytes = 0, quota_messages = 0;  // 0: no limit
  template <class V>
  void fields(V& v) {
    v("found", found), v("available", available), v("address", address), v("uid", uid), v("gid", gid), v("home", home);
    v("maildir", maildir), v("quota_bytes", quota_bytes), v("quota_messages", quota_messages);
  }
};
// mailbox: where an account's mail lies. auth answers only for accounts that this mailbox process owns.
struct Account {
  static constexpr std::uint16_t type = 0x0203;
  static constexpr const char* name = "account";
  using Reply = AccountReply;
  std::string address;
  template <class V>
  void fields(V& v) {
    v("address", address);
  }
};

}  // namespace courier::directory
