#include "tools/courier/control_client.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/codec.h"

namespace courier::tool {

namespace {

namespace json = boost::json;

// An address holds 107 bytes. A longer path is reached through a descriptor of its folder.
bool fill_address(const std::string& path, sockaddr_un& address, Descriptor& folder) {
  address.sun_family = AF_UNIX;
  std::string name = path;
  if (name.size() >= sizeof address.sun_path) {
    const std::size_t slash = path.rfind('/');
    folder = Descriptor(::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    name = "/proc/self/fd/" + std::to_string(folder.get()) + path.substr(slash);
  }
  if (name.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  return true;
}

control::Answer unavailable(const char* text) { return {EX_UNAVAILABLE, "", text}; }

std::string request_line(const std::string& verb, const std::vector<std::string>& arguments) {
  std::string line = "{\"verb\":" + json_string(verb) + ",\"arguments\":[";
  for (std::size_t i = 0; i < arguments.size(); ++i) line += (i == 0 ? "" : ",") + json_string(arguments[i]);
  return line + "]}\n";
}

control::Answer read_answer(std::string_view line) {
  boost::system::error_code error;
  const json::value value = json::parse(line, error);
  const json::object* object = value.if_object();
  if (error || object == nullptr) return unavailable("the server's answer is not JSON");
  control::Answer answer;
  if (const json::value* status = object->if_contains("status"); status != nullptr && status->is_number()) {
    answer.status = status->to_number<std::int32_t>();
  }
  if (const json::value* result = object->if_contains("result"); result != nullptr && !result->is_null()) {
    answer.json = json::serialize(*result);
  }
  if (const json::value* text = object->if_contains("error"); text != nullptr && text->is_string()) {
    answer.error = text->get_string();
  }
  return answer;
}

// A process that has ended and whose parent has not asked for its status yet ("Z", proc(5)) lives no more.
bool lives(pid_t pid) {
  if (::kill(pid, 0) != 0 && errno != EPERM) return false;
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t name_end = line.rfind(')');
  return name_end == line.npos || line.substr(name_end, 3) != ") Z";
}

}  // namespace

std::optional<ControlClient> ControlClient::connect(const std::string& path) {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  Descriptor folder;
  if (!socket || !fill_address(path, address, folder)) return {};
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return {};
  return ControlClient(std::move(socket), credentials.pid);
}

control::Answer ControlClient::ask(const std::string& verb, const std::vector<std::string>& arguments) {
  const std::string request = request_line(verb, arguments);
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t n = ::send(socket_.get(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return unavailable("the server ended the conversation");
    sent += static_cast<std::size_t>(n);
  }
  while (true) {
    if (const std::size_t end = received_.find('\n'); end != received_.npos) {
      const control::Answer answer = read_answer(std::string_view(received_).substr(0, end));
      received_.erase(0, end + 1);
      return answer;
    }
    char buffer[16384];
    const ssize_t n = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return unavailable("the server ended without an answer");
    received_.append(buffer, static_cast<std::size_t>(n));
  }
}

control::Answer ControlClient::ask_to_end(const std::string& verb) {
  control::Answer answer = ask(verb, {});
  // It may end before it has answered; that it ends is what counts.
  if (answer.status != 0 && answer.status != EX_UNAVAILABLE) return answer;
  char buffer[256];
  while (::recv(socket_.get(), buffer, sizeof buffer, 0) > 0) {}
  // The connection ends a little before the process does.
  while (peer_ > 0 && lives(peer_)) (void)::usleep(10'000);
  return {0, answer.json, ""};
}

}  // namespace courier::tool
