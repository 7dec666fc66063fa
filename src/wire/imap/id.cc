#include "wire/imap/id.h"

namespace courier::imap {

// RFC 2971, section 4: id_params_list = "(" #(string SPACE nstring) ")" / nil
IdArguments parse_id(Tokens& in) {
  IdArguments id;
  in.sp();
  if (in.take_word("NIL")) return id;
  in.need('(', "( or NIL");
  if (in.take(')')) return id;
  do {
    if (id.fields.size() == 30) in.fail("at most 30 fields");
    IdField field;
    field.name = in.string();
    in.sp();
    field.value = in.nstring();
    id.fields.push_back(std::move(field));
  } while (in.take(' '));
  in.need(')', "field or )");
  return id;
}

void write_id(std::string& out, const IdArguments& id) {
  if (id.fields.empty()) {
    out += " NIL";
    return;
  }
  out += " (";
  for (const auto& field : id.fields) {
    if (&field != &id.fields.front()) out += ' ';
    append_command_string(out, field.name);
    out += ' ';
    if (field.value) {
      append_command_string(out, *field.value);
    } else {
      out += "NIL";
    }
  }
  out += ')';
}

}  // namespace courier::imap
