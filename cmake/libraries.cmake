# Every library from outside, each found once and named here. All are Debian 12 packages (scripts/install-deps).

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
foreach(module IN ITEMS icu-uc sqlite3 libseccomp libargon2 libcrypt fmt CLI11 tomlplusplus)
  pkg_check_modules(${module} REQUIRED IMPORTED_TARGET ${module})
endforeach()

# Debian's libunbound.pc asks for the headers of what the library itself was built with; we need none of them.
find_library(UNBOUND_LIBRARY unbound REQUIRED)
add_library(unbound INTERFACE)
target_link_libraries(unbound INTERFACE ${UNBOUND_LIBRARY})

if(NOT COURIER_FUZZ)
  find_package(GTest REQUIRED)
  file(WRITE "${CMAKE_BINARY_DIR}/generated/gtest_pch.cc" "#include <gtest/gtest.h>\n")
  # One precompiled <gtest/gtest.h> for all test programs.
  add_library(gtest_pch STATIC "${CMAKE_BINARY_DIR}/generated/gtest_pch.cc")
  target_link_libraries(gtest_pch PUBLIC GTest::gtest)
  target_precompile_headers(gtest_pch PUBLIC <gtest/gtest.h>)
  target_compile_options(gtest_pch PUBLIC "SHELL:-Xclang -fno-pch-timestamp")
  add_library(courier_gtest INTERFACE)
  target_link_libraries(courier_gtest INTERFACE GTest::gtest_main GTest::gtest)
endif()
