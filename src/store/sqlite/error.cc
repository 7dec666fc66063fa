#include "store/sqlite/error.h"

#include <sqlite3.h>

namespace courier::sqlite {
namespace {

Fault fault_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Fault::Busy;
    case SQLITE_FULL: return Fault::Full;
    case SQLITE_IOERR:
    case SQLITE_READONLY: return Fault::Io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Fault::Corrupt;
    case SQLITE_CONSTRAINT: return Fault::Constraint;
    case SQLITE_CANTOPEN: return Fault::CannotOpen;
    default: return Fault::Other;
  }
}

}  // namespace

Error make_error(int code, sqlite3* handle) {
  Error error{.fault = fault_of(code), .code = code, .text = sqlite3_errstr(code)};
  if (handle != nullptr) {
    error.text += ": ";
    error.text += sqlite3_errmsg(handle);
  }
  return error;
}

}  // namespace courier::sqlite
