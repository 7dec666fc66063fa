# Where an installed Courier keeps its things. Every folder can be moved on its own; defaults follow the prefix.

include(GNUInstallDirs)
set(COURIER_CONFIG_DIR "${CMAKE_INSTALL_FULL_SYSCONFDIR}/courier" CACHE PATH "Configuration (courier.toml, courier.d)")
set(COURIER_SPOOL_DIR "${CMAKE_INSTALL_FULL_LOCALSTATEDIR}/spool/courier" CACHE PATH "Mail queue")
set(COURIER_STATE_DIR "${CMAKE_INSTALL_FULL_LOCALSTATEDIR}/lib/courier" CACHE PATH "Account database, keys, caches")
set(COURIER_RUN_DIR "${CMAKE_INSTALL_FULL_RUNSTATEDIR}/courier" CACHE PATH "Process id file and sockets")
set(COURIER_LIBEXEC_DIR "${CMAKE_INSTALL_FULL_LIBEXECDIR}/courier" CACHE PATH "Daemons")

# For the code: #include "courier_paths.h"
configure_file("${CMAKE_CURRENT_LIST_DIR}/courier_paths.h.in" "${CMAKE_BINARY_DIR}/generated/courier_paths.h" @ONLY)
