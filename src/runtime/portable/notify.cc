// No service manager to tell.
#include "runtime/notify.h"

namespace courier {

ServiceManager::ServiceManager() = default;
void ServiceManager::ready(std::string_view) {}
void ServiceManager::reloading() {}
void ServiceManager::stopping() {}
void ServiceManager::still_alive() {}
void ServiceManager::send(std::string_view) {}

}  // namespace courier
