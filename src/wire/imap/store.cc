#include "wire/imap/store.h"

namespace courier::imap {

// store = "STORE" SP sequence-set SP store-att-flags; store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP flags
StoreArguments parse_store(Tokens& in) {
  using Change = StoreArguments::Change;
  StoreArguments store;
  in.sp();
  store.set = parse_sequence_set(in);
  in.sp();
  if (in.take('+')) {
    store.change = Change::Add;
  } else if (in.take('-')) {
    store.change = Change::Remove;
  }
  if (!in.take_word("FLAGS")) in.fail("FLAGS");
  store.silent = in.take_word(".SILENT");
  in.sp();
  store.flags = parse_store_flags(in);
  return store;
}

void write_store(std::string& out, const StoreArguments& store) {
  using Change = StoreArguments::Change;
  out += ' ';
  write_sequence_set(out, store.set);
  out += store.change == Change::Add ? " +FLAGS" : store.change == Change::Remove ? " -FLAGS" : " FLAGS";
  if (store.silent) out += ".SILENT";
  out += ' ';
  write_flag_list(out, store.flags);
}

}  // namespace courier::imap
