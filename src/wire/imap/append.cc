#include "wire/imap/append.h"

namespace courier::imap {

// append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
AppendArguments parse_append(Tokens& in) {
  AppendArguments append;
  in.sp();
  append.mailbox = in.astring();
  in.sp();
  if (in.peek() == '(') {
    append.flags = parse_flag_list(in);
    in.sp();
  }
  if (in.peek() == '"') {
    append.date = parse_date_time(in);
    in.sp();
  }
  in.need('{', "message as a literal");
  const auto digits = in.word([](char c) { return c != '}' && c != '\r' && c != '\n'; }, "size of the message");
  in.need('}', "}");
  if (!in.ok()) return append;
  const auto mark = literal_at_end("{" + std::string(digits) + "}");
  if (!mark) {
    in.fail("size of the message");
    return append;
  }
  append.size = mark->size;
  append.synchronizing = mark->synchronizing;
  return append;
}

void write_append(std::string& out, const AppendArguments& append) {
  out += ' ';
  append_command_string(out, append.mailbox);
  out += ' ';
  write_flag_list(out, append.flags);
  if (append.date) {
    out += ' ';
    write_date_time(out, *append.date);
  }
  out += " {" + std::to_string(append.size) + (append.synchronizing ? "}" : "+}");
}

}  // namespace courier::imap
