#include "daemons/supervisor/sockets.h"

#include <unistd.h>

#include "runtime/listener.h"

namespace courier {

namespace {

constexpr int backlog = 1024;

class Binder {
 public:
  explicit Binder(const SupervisorSettings& settings) : settings_(settings) {}

  void bind(const Role& role, const Service& service) {
    if (!service.addresses) {
      const std::string path = settings_.run_dir + "/" + service.name;
      add(role, service, Endpoint{.ip = {}, .port = 0, .path = path}, path, service.mode);
      return;
    }
    for (const std::string& text : settings_.*service.addresses) {
      ListenAddress address;
      if (!parse_listen_address(text, address)) continue;  // refused when the settings were loaded
      bool any = false;
      const std::size_t before = bound.size();
      std::string last_error;
      for (const Endpoint& endpoint : listen_endpoints(address, any)) {
        if (auto error = add(role, service, endpoint, text, 0666); !error.empty()) last_error = error;
      }
      // Of "every address" one family is enough: a machine may have no IPv6.
      if (!last_error.empty() && !(any && bound.size() > before)) errors += (errors.empty() ? "" : "\n") + last_error;
    }
  }

  std::vector<BoundSocket> bound;
  std::string errors;

 private:
  std::string add(const Role& role, const Service& service, const Endpoint& endpoint, const std::string& address, unsigned mode) {
    auto socket = bind_listener(endpoint, backlog, mode);
    if (!socket) {
      if (!service.addresses) errors += (errors.empty() ? "" : "\n") + socket.error();
      return socket.error();
    }
    bound.push_back({&role, {service.name, address, service.implicit_tls}, std::move(*socket)});
    return {};
  }
  const SupervisorSettings& settings_;
};

}  // namespace

std::vector<Endpoint> listen_endpoints(const ListenAddress& address, bool& any) {
  any = address.host == "*";
  if (!address.path.empty()) return {Endpoint{.ip = {}, .port = 0, .path = address.path}};
  if (any) return {Endpoint{IpAddress::v4(0), address.port, {}}, Endpoint{IpAddress{}, address.port, {}}};
  const auto ip = IpAddress::parse(address.host);
  if (!ip) return {};
  return {Endpoint{*ip, address.port, {}}};
}

Result<std::vector<BoundSocket>, std::string> bind_all(const SupervisorSettings& settings) {
  Binder binder(settings);
  for (const Role& role : roles()) {
    for (const Service& service : role.services) binder.bind(role, service);
  }
  if (!binder.errors.empty()) {
    for (const BoundSocket& bound : binder.bound) {
      ListenAddress address;
      if (parse_listen_address(bound.info.address, address) && !address.path.empty()) ::unlink(address.path.c_str());
    }
    return fail(binder.errors);
  }
  return std::move(binder.bound);
}

}  // namespace courier
