#include "store/accounts/password.h"

#include <string>

#include "wire/sasl/scram_keys.h"

namespace courier::accounts {
namespace {

constexpr HashCost cheap{Scheme::Argon2id, 64, 1};

// Made with openssl, crypt(3) and the argon2 command.
constexpr const char* accepted[] = {
    "{MD5}XUFAKrxLKna5cZ2REBfFkg==",
    "{MD5RAW}5d41402abc4b2a76b9719d911017c592",
    "{md5}XUFAKrxLKna5cZ2REBfFkg==",
    "{SHA}qvTGHdzF6KLavt4PO0gs2a6pQ00=",
    "{SHA256}LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "{SHA512}m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==",
};

TEST(Password, AcceptsUnsaltedDigests) {
  for (const char* stored : accepted) {
    EXPECT_TRUE(verify_password(stored, "hello")) << stored;
    EXPECT_FALSE(verify_password(stored, "Hello")) << stored;
    EXPECT_TRUE(is_unsalted(stored)) << stored;
    EXPECT_TRUE(is_stored_form(stored)) << stored;
    EXPECT_TRUE(needs_rehash(stored, cheap)) << stored;
  }
}

TEST(Password, AcceptsSaltedDigestsOfAnySaltLength) {
  for (const char* stored : {"{SSHA}CgSpwlN3M35RqDEcNKJWSrzVm8RhYmNk",
                             "{ssha}Pkrk+/a2NUefZWA4EgAaAtG0XqhhYmNkZWZnaA==", "{SSHA256}iGLqj+zeraktty1ornnlacHXaXRYZTZVOFexBKo4/29hYmNk",
                             "{SSHA512}RT2M1CzAoMY+KZO7AIkKSN1ztc0IaehcsB0vJ9c+M6k/uTkbKZMOSUEP9Jb/LEIKHZ3S6pGDwoAxnuAc8BZqW2FiY2RlZmdo",
                             "{SMD5}qfk5vfHxkmeya7Ad92mSLWFiY2Q="}) {
    EXPECT_TRUE(verify_password(stored, "hello")) << stored;
    EXPECT_FALSE(verify_password(stored, "hell")) << stored;
    EXPECT_FALSE(is_unsalted(stored)) << stored;
  }
}

TEST(Password, AcceptsWhatCryptKnows) {
  for (const char* stored :
       {"$1$saltsalt$fFhQNRZ9A4AYLdo7vOe8a0", "$5$rounds=1000$saltsalt$V4InyHsp2Gu4sXpjRgJnRYn2GaRWr1VDjD9eCG8WcN0",
        "$6$rounds=1000$saltsalt$zkoiYwIsO5KDt3uWpXhMSn5A3GL3dLBDrvvCP5bYQnNQABJ.qFs5wSdYTV8y4TfHT11NM.aq073TqVf0dt9hm0",
        "$2b$04$abcdefghijklmnopqrstuuwHJMEGjfAzmL1lWmUmlphguIbWfjYey", "$2a$04$abcdefghijklmnopqrstuuwHJMEGjfAzmL1lWmUmlphguIbWfjYey",
        "$2y$04$abcdefghijklmnopqrstuuwHJMEGjfAzmL1lWmUmlphguIbWfjYey", "abl0JrMf6tlhw",
        "$y$j75$saltsalt$JID5GV5v7zTJqtd6jyB6z0xLy2X1w/vZTe2zyUzTJiC"}) {
    EXPECT_TRUE(verify_password(stored, "hello")) << stored;
    EXPECT_TRUE(verify_password(std::string("{crypt}") + stored, "hello")) << stored;
    EXPECT_FALSE(verify_password(stored, "hellp")) << stored;
    EXPECT_TRUE(is_stored_form(stored)) << stored;
    EXPECT_FALSE(is_unsalted(stored)) << stored;
  }
}

TEST(Password, RefusesWhatIsNoHash) {
  for (const char* stored : {"", "hello", "*", "!", "x", "{PLAIN}hello", "{SHA}", "{SHA}qvTGHdzF6KLavt4PO0gs2a6pQ0",
                             "{SSHA}qvTGHdzF6KLavt4PO0gs2a6pQ00=", "$argon2id$", "{CRYPT}", "$y$"}) {
    EXPECT_FALSE(verify_password(stored, "hello")) << stored;
    EXPECT_FALSE(is_stored_form(stored) && verify_password(stored, "")) << stored;
  }
  EXPECT_FALSE(is_stored_form("hello"));
  EXPECT_FALSE(is_stored_form("{PLAIN}hello"));
}

TEST(Password, NewOnesVerifyAndCarryAScramVerifier) {
  for (const Scheme scheme : {Scheme::Argon2id, Scheme::Yescrypt}) {
    const HashCost cost{scheme, 64, 1};
    const Credential made = make_credential("correct horse", cost);
    EXPECT_TRUE(verify_password(made.password, "correct horse"));
    EXPECT_FALSE(verify_password(made.password, "correct mule"));
    EXPECT_FALSE(needs_rehash(made.password, cost));
    const auto verifier = sasl::parse_verifier(made.scram);
    ASSERT_TRUE(verifier);
    EXPECT_EQ(sasl::make_scram_verifier("correct horse", verifier->salt, verifier->iterations), *verifier);
  }
  EXPECT_NE(make_credential("a", cheap).password, make_credential("a", cheap).password);
}

TEST(Password, RehashFollowsTheCost) {
  const std::string stored = make_credential("a", cheap).password;
  EXPECT_EQ(memory_to_verify(stored), 64u);
  EXPECT_TRUE(needs_rehash(stored, {Scheme::Argon2id, 128, 1}));
  EXPECT_TRUE(needs_rehash(stored, {Scheme::Argon2id, 64, 2}));
  EXPECT_TRUE(needs_rehash(stored, {Scheme::Yescrypt, 64, 1}));
}

TEST(Password, IsPreparedBeforeHashing) {
  // U+00AD disappears in SASLprep, U+2168 becomes IX.
  EXPECT_TRUE(verify_password(make_credential("I\u00adX", cheap).password, "\u2168"));
  // A control character is not allowed by SASLprep: the bytes count, and SCRAM cannot serve it.
  const Credential odd = make_credential("a\x07", cheap);
  EXPECT_TRUE(verify_password(odd.password, "a\x07"));
  EXPECT_TRUE(odd.scram.empty());
}

}  // namespace
}  // namespace courier::accounts
