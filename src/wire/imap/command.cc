#include "wire/imap/command.h"

#include "base/text.h"

namespace courier::imap {

namespace {

// What follows the verb, one function a shape.
MailboxArguments parse_mailbox(Tokens& in) {
  in.sp();
  return {in.astring()};
}
RenameArguments parse_rename(Tokens& in) {
  RenameArguments rename;
  in.sp();
  rename.from = in.astring();
  in.sp();
  rename.to = in.astring();
  return rename;
}
// RFC 3501, section 9: copy = "COPY" SP sequence-set SP mailbox; RFC 6851: move
CopyArguments parse_copy(Tokens& in) {
  CopyArguments copy;
  in.sp();
  copy.set = parse_sequence_set(in);
  in.sp();
  copy.mailbox = in.astring();
  return copy;
}
// RFC 5161: enable = "ENABLE" 1*(SP capability)
EnableArguments parse_enable(Tokens& in) {
  EnableArguments enable;
  in.sp();
  do {
    enable.capabilities.push_back(in.atom());
  } while (in.take(' '));
  return enable;
}
// RFC 4315: uid-expunge = "UID" SP "EXPUNGE" SP sequence-set
UidSetArguments parse_uid_set(Tokens& in) {
  in.sp();
  return {parse_sequence_set(in)};
}

struct Shape {
  std::string_view name;
  Verb verb;
  bool uid_form = false;  // "UID name" exists
};
constexpr Shape shapes[] = {
    {"CAPABILITY", Verb::Capability},
    {"NOOP", Verb::Noop},
    {"LOGOUT", Verb::Logout},
    {"ID", Verb::Id},
    {"STARTTLS", Verb::StartTls},
    {"LOGIN", Verb::Login},
    {"AUTHENTICATE", Verb::Authenticate},
    {"ENABLE", Verb::Enable},
    {"NAMESPACE", Verb::Namespace},
    {"SELECT", Verb::Select},
    {"EXAMINE", Verb::Examine},
    {"CREATE", Verb::Create},
    {"DELETE", Verb::Delete},
    {"RENAME", Verb::Rename},
    {"SUBSCRIBE", Verb::Subscribe},
    {"UNSUBSCRIBE", Verb::Unsubscribe},
    {"LIST", Verb::List},
    {"LSUB", Verb::Lsub},
    {"STATUS", Verb::Status},
    {"APPEND", Verb::Append},
    {"IDLE", Verb::Idle},
    {"CHECK", Verb::Check},
    {"CLOSE", Verb::Close},
    {"UNSELECT", Verb::Unselect},
    {"EXPUNGE", Verb::Expunge, true},
    {"SEARCH", Verb::Search, true},
    {"FETCH", Verb::Fetch, true},
    {"STORE", Verb::Store, true},
    {"COPY", Verb::Copy, true},
    {"MOVE", Verb::Move, true},
};

Arguments parse_arguments(Tokens& in, Verb verb, bool uid) {
  switch (verb) {
    case Verb::Id: return parse_id(in);
    case Verb::Login: return parse_login(in);
    case Verb::Authenticate: return parse_authenticate(in);
    case Verb::Enable: return parse_enable(in);
    case Verb::Select:
    case Verb::Examine:
    case Verb::Create:
    case Verb::Delete:
    case Verb::Subscribe:
    case Verb::Unsubscribe: return parse_mailbox(in);
    case Verb::Rename: return parse_rename(in);
    case Verb::List:
    case Verb::Lsub: return parse_list(in);
    case Verb::Status: return parse_status(in);
    case Verb::Append: return parse_append(in);
    case Verb::Expunge: return uid ? Arguments(parse_uid_set(in)) : Arguments();
    case Verb::Search: return parse_search(in);
    case Verb::Fetch: return parse_fetch(in);
    case Verb::Store: return parse_store(in);
    case Verb::Copy:
    case Verb::Move: return parse_copy(in);
    default: return {};
  }
}

// RFC 3501, section 9: tag = 1*<any ASTRING-CHAR except "+">
bool is_tag_char(char c) { return is_astring_char(c) && c != '+'; }

struct WriteArguments {
  std::string& out;
  void operator()(std::monostate) const {}
  void operator()(const MailboxArguments& a) const { out += ' ', append_command_string(out, a.mailbox); }
  void operator()(const RenameArguments& a) const {
    out += ' ', append_command_string(out, a.from);
    out += ' ', append_command_string(out, a.to);
  }
  void operator()(const CopyArguments& a) const {
    out += ' ', write_sequence_set(out, a.set);
    out += ' ', append_command_string(out, a.mailbox);
  }
  void operator()(const UidSetArguments& a) const { out += ' ', write_sequence_set(out, a.set); }
  void operator()(const EnableArguments& a) const {
    for (const auto& capability : a.capabilities) out += ' ', out += capability;
  }
  void operator()(const LoginArguments& a) const { write_login(out, a); }
  void operator()(const AuthenticateArguments& a) const { write_authenticate(out, a); }
  void operator()(const IdArguments& a) const { write_id(out, a); }
  void operator()(const ListArguments& a) const { write_list(out, a); }
  void operator()(const StatusArguments& a) const { write_status(out, a); }
  void operator()(const AppendArguments& a) const { write_append(out, a); }
  void operator()(const SearchArguments& a) const { write_search(out, a); }
  void operator()(const FetchArguments& a) const { write_fetch(out, a); }
  void operator()(const StoreArguments& a) const { write_store(out, a); }
};

}  // namespace

std::string_view to_string(Verb verb) {
  for (const auto& shape : shapes) {
    if (shape.verb == verb) return shape.name;
  }
  return "";
}

// RFC 3501, section 9: command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
Result<Command, CommandError> parse_command(std::string_view text, const Limits& limits) {
  Tokens in(text, limits);
  Command command;
  command.tag = in.word(is_tag_char, "tag");
  in.sp();
  if (!in.ok()) return fail(CommandError{.tag = {}, .syntax = in.error()});
  std::string name = in.atom();
  command.uid = in.ok() && iequals(name, "UID");
  if (command.uid) {
    in.sp();
    name = in.atom();
  }
  if (!in.ok()) return fail(CommandError{.tag = command.tag, .syntax = in.error()});
  const Shape* shape = nullptr;
  for (const auto& candidate : shapes) {
    if (iequals(candidate.name, name) && (!command.uid || candidate.uid_form)) shape = &candidate;
  }
  if (!shape) return fail(CommandError{.tag = command.tag, .unknown = true, .syntax = {in.offset(), "command"}});
  command.verb = shape->verb;
  command.arguments = parse_arguments(in, command.verb, command.uid);
  in.end();
  if (!in.ok()) return fail(CommandError{.tag = command.tag, .syntax = in.error()});
  return command;
}

std::string write_command(const Command& command) {
  std::string out = command.tag;
  out += command.uid ? " UID " : " ";
  out += to_string(command.verb);
  std::visit(WriteArguments{out}, command.arguments);
  return out;
}

}  // namespace courier::imap
