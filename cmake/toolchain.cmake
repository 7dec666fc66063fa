# Compiler, flags, sanitizers. clang-19 with libstdc++ 12 is what the project is built and tested with.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# Everything ends in an executable: position-independent ones, and one precompiled header fits all.
add_compile_options(-fPIE)
add_link_options(-pie)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR
    "Courier is built with clang 19 or later (found ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}).\n"
    "g++ 12 destroys lambda captures twice in `co_await f([captures]{...})`.\n"
    "Run scripts/install-deps, then: cmake --preset dev")
endif()

set(COURIER_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
option(COURIER_FUZZ "Build fuzzers with libFuzzer" OFF)

find_program(COURIER_CCACHE ccache)
if(COURIER_CCACHE)
  # Paths below the source folder are hashed relative to it, so that several checkouts share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${COURIER_CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Wimplicit-fallthrough -Wunused -Werror
                    -fno-omit-frame-pointer -fstack-protector-strong -fdebug-prefix-map=${CMAKE_SOURCE_DIR}/=)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-fuse-ld=lld-19 -Wl,-z,relro,-z,now)

if(COURIER_SANITIZE)
  add_compile_options(-fsanitize=${COURIER_SANITIZE} -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${COURIER_SANITIZE})
  set(CMAKE_CXX_FLAGS_DEBUG "-O0")
endif()
if(COURIER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  set(CMAKE_CXX_FLAGS_DEBUG "-O1")
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fcf-protection)
endif()

