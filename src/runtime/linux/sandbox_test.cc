// Each test locks in a child process and looks from inside at what it still can do.
#include "runtime/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "runtime/linux/landlock.h"

namespace courier {
namespace {

// Runs `inside` in a child; 0 is the expected answer, any other number says where it went wrong.
int in_child(const std::function<int()>& inside) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(inside());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

struct Folder {
  Folder() {
    char name[] = "/tmp/courier-sandbox-XXXXXX";
    path = ::mkdtemp(name);
    std::filesystem::create_directories(path + "/in/deep");
    std::filesystem::create_directories(path + "/read");
    std::filesystem::create_directories(path + "/out");
    for (const char* folder : {"/in", "/read", "/out"}) std::ofstream(path + folder + "/file") << "x";
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

bool refused(long result) { return result < 0 && errno == EPERM; }

TEST(Sandbox, RefusesWhatAnIntruderNeeds) {
  EXPECT_EQ(in_child([] {
              if (!close_sandbox({.writable = {"/tmp"}})) return 1;
              char path[] = "/bin/true";
              char* arguments[] = {path, nullptr};
              if (!refused(::execv(path, arguments))) return 2;
              if (!refused(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr))) return 3;
              if (!refused(::mount("none", "/mnt", "tmpfs", 0, nullptr))) return 4;
              if (!refused(::unshare(CLONE_NEWUSER))) return 5;
              if (!refused(::setuid(::getuid()))) return 6;
              if (!refused(::kill(::getppid(), 0))) return 7;
              if (!refused(::chroot("/tmp"))) return 8;
              if (!refused(::socket(AF_INET, SOCK_STREAM, 0))) return 9;
              if (!refused(::socket(AF_PACKET, SOCK_RAW, 0))) return 10;
              sockaddr address{};
              if (!refused(::connect(0, &address, sizeof address))) return 11;
              if (!refused(::listen(0, 1))) return 12;
              return 0;
            }),
            0);
}

TEST(Sandbox, LeavesWhatADaemonNeeds) {
  const Folder folder;
  EXPECT_EQ(in_child([&] {
              if (!close_sandbox({.writable = {folder.path + "/in"}, .network_out = true})) return 1;
              int pair[2];
              if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 2;
              if (::socket(AF_INET6, SOCK_DGRAM, 0) < 0) return 3;
              if (!refused(::socket(AF_PACKET, SOCK_RAW, 0))) return 4;
              bool ran = false;
              std::thread([&] { ran = true; }).join();
              if (!ran) return 5;
              const int file = ::open((folder.path + "/in/deep/new").c_str(), O_CREAT | O_RDWR, 0600);
              if (file < 0 || ::write(file, "x", 1) != 1 || ::fsync(file) != 0) return 6;
              if (::rename((folder.path + "/in/deep/new").c_str(), (folder.path + "/in/moved").c_str()) != 0) return 7;
              if (::open((folder.path + "/in/deep").c_str(), O_TMPFILE | O_RDWR, 0600) < 0) return 8;
              return 0;
            }),
            0);
}

TEST(Sandbox, ExecIsPossibleOnlyWhenAllowed) {
  EXPECT_EQ(in_child([] {
              if (!close_sandbox({.readable = {"/"}, .allow_exec = true})) return 1;
              ::execl("/bin/sh", "sh", "-c", "exit 7", nullptr);
              return 2;
            }),
            7);
}

TEST(Sandbox, LandlockKeepsToTheFolders) {
  if (landlock::version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const Folder folder;
  const auto opens = [&](const char* name, int flags) { return ::open((folder.path + name).c_str(), flags, 0600) >= 0; };
  EXPECT_EQ(in_child([&] {
              if (!close_sandbox({.writable = {folder.path + "/in"}, .readable = {folder.path + "/read"}})) return 1;
              if (!opens("/in/file", O_RDWR) || !opens("/in/new", O_CREAT | O_RDWR)) return 2;
              if (!opens("/read/file", O_RDONLY)) return 3;
              if (opens("/read/file", O_RDWR) || opens("/read/new", O_CREAT | O_RDWR)) return 4;
              if (opens("/out/file", O_RDONLY) || opens("/out/new", O_CREAT | O_RDWR)) return 5;
              if (::open("/etc/passwd", O_RDONLY) >= 0) return 6;
              return 0;
            }),
            0);
}

TEST(Sandbox, SaysWhatIsMissing) {
  EXPECT_EQ(in_child([] {
              std::thread waiting([] { ::pause(); });
              const auto report = close_sandbox({});
              if (!report || report->missing.empty()) ::_exit(1);
              ::_exit(0);
              waiting.join();
              return 0;
            }),
            0);
  EXPECT_EQ(in_child([] {
              const auto report = close_sandbox({.writable = {"/tmp"}});
              if (!report) return 1;
              return report->missing.empty() == (landlock::version() > 0) ? 0 : 2;
            }),
            0);
}

TEST(Sandbox, AFolderThatIsNotThereIsAnError) {
  if (landlock::version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_EQ(in_child([] {
              const auto report = close_sandbox({.writable = {"/nonexistent/folder"}});
              return !report && report.error().find("/nonexistent/folder") != std::string::npos ? 0 : 1;
            }),
            0);
}

TEST(Privileges, LimitsAreSetAndTheProcessIsNotDumpable) {
  EXPECT_EQ(in_child([] {
              if (!drop_privileges({.max_descriptors = 77, .max_memory = 1u << 30})) return 1;
              rlimit limit{};
              ::getrlimit(RLIMIT_NOFILE, &limit);
              if (limit.rlim_cur != 77 || limit.rlim_max != 77) return 2;
              ::getrlimit(RLIMIT_CORE, &limit);
              if (limit.rlim_max != 0) return 3;
              if (::prctl(PR_GET_DUMPABLE) != 0) return 4;
              if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 5;
              return 0;
            }),
            0);
}

TEST(Privileges, RootBecomesAnotherForGood) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(in_child([] {
              const gid_t groups[] = {1, 2};
              if (::setgroups(2, groups) != 0) return 1;
              if (!drop_privileges({.uid = 54321, .gid = 54322})) return 2;
              uid_t uids[3];
              gid_t gids[3];
              ::getresuid(&uids[0], &uids[1], &uids[2]);
              ::getresgid(&gids[0], &gids[1], &gids[2]);
              for (int i = 0; i < 3; ++i) {
                if (uids[i] != 54321 || gids[i] != 54322) return 3;
              }
              if (::getgroups(0, nullptr) != 0) return 4;
              if (::setuid(0) == 0 || ::setgid(0) == 0) return 5;
              if (::prctl(PR_GET_DUMPABLE) != 0) return 6;
              return 0;
            }),
            0);
}

TEST(Privileges, NobodyElseBecomesAnother) {
  EXPECT_EQ(in_child([] {
              if (::geteuid() == 0 && !drop_privileges({.uid = 54321, .gid = 54322})) return 1;
              if (drop_privileges({.uid = 54323, .gid = 54322})) return 2;
    // Who it is already it may stay.
              return drop_privileges({.uid = ::getuid(), .gid = ::getgid()}) ? 0 : 3;
            }),
            0);
}

TEST(Privileges, Uid0IsNothingToBecome) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(in_child([] { return drop_privileges({.uid = 0, .gid = 5}) ? 1 : 0; }), 0);
}

}  // namespace
}  // namespace courier
