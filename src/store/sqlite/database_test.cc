#include "store/sqlite/database.h"

#include <gtest/gtest.h>

namespace courier::sqlite {
namespace {

Database memory() {
  auto database = Database::open_in_memory();
  EXPECT_TRUE(database);
  return std::move(*database);
}

TEST(Database, KeepsTextBlobsNumbersAndNull) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d)"));
  auto insert = database.prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  const std::string bytes("x\0y", 3);
  ASSERT_TRUE(insert->run(std::int64_t{-5}, "text", Blob{bytes}, nullptr));
  ASSERT_TRUE(insert->run(7u, "", Blob{}, std::optional<std::int64_t>{9}));
  EXPECT_EQ(database.last_row(), 2);
  auto select = database.prepare("SELECT a, b, c, d FROM t ORDER BY rowid");
  ASSERT_TRUE(select);
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->integer(0), -5);
  EXPECT_EQ(select->text(1), "text");
  EXPECT_EQ(select->text(2), bytes);
  EXPECT_TRUE(select->is_null(3));
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->text(1), "");
  EXPECT_FALSE(select->is_null(1));
  EXPECT_FALSE(select->is_null(2));
  EXPECT_EQ(select->integer(3), 9);
  EXPECT_FALSE(*select->step());
}

TEST(Database, NamesItsFaults) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
  auto insert = database.prepare("INSERT INTO t VALUES(?)");
  ASSERT_TRUE(insert->run(1));
  const auto again = insert->run(1);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::Constraint);
  EXPECT_TRUE(insert->run(2)) << "a failed run leaves the statement usable";
  EXPECT_EQ(database.prepare("SELEC 1").error().fault, Fault::Other);
  auto too_many = database.prepare("SELECT ?");
  EXPECT_FALSE(too_many->first(1, 2)) << "there is no second parameter";
}

TEST(Transaction, RollsBackUnlessCommitted) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t(a)"));
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)"));
  }
  EXPECT_FALSE(database.in_transaction());
  EXPECT_EQ(database.integer("SELECT count(*) FROM t").value(), 0);
  auto transaction = Transaction::begin(database);
  ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(database.integer("SELECT count(*) FROM t").value(), 1);
}

}  // namespace
}  // namespace courier::sqlite
