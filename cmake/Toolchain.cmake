# Compiler choice, flags and the build's variants. docs/architecture.md says why clang.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles common coroutine shapes (double frees in co_await expressions), "
    "so opwire is not built with g++ older than 14. Use clang 19: ./dev build, or "
    "cmake -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19. "
    "Programs that link the installed library may use g++ 12.2 or newer.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(Boost_NO_WARN_NEW_VERSIONS ON)  # CMake 3.25 knows Boost up to 1.80 only; the components are found all the same

set(OPWIRE_SANITIZE "" CACHE STRING "Sanitizers for everything: address (with undefined), thread, or empty")
option(OPWIRE_FUZZ "Link the libFuzzer targets" OFF)
option(OPWIRE_TESTS "Build the tests" ON)
option(OPWIRE_BENCH "Build the benchmarks" OFF)
option(OPWIRE_INTEROP "Build our peers of interop/ (the Go ones: interop/build.sh)" ON)
option(OPWIRE_PCH "Use one precompiled header for all libraries" ON)
option(OPWIRE_UNITY "Compile a library's sources in batches (fast cold builds)" OFF)

add_library(opwire_flags INTERFACE)
target_compile_options(opwire_flags INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wextra-semi -Wno-missing-field-initializers
  -fno-omit-frame-pointer)

# For sources whose speed does not matter, only how long they take to compile.
add_library(opwire_quick_flags INTERFACE)
target_compile_options(opwire_quick_flags INTERFACE -O0)
# Test sources are such; the libraries under test are compiled as the preset says.
add_library(opwire_test_flags INTERFACE)
target_link_libraries(opwire_test_flags INTERFACE opwire_quick_flags GTest::gtest)

if(OPWIRE_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
  if(OPWIRE_FUZZ)
    # Coverage for libFuzzer in every object; only the fuzz targets link its main.
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
  endif()
  # These checks double the time to compile; a null pointer shows without them, and the libraries have them all.
  target_compile_options(opwire_quick_flags INTERFACE
    -fno-sanitize=null,alignment,vptr,object-size $<$<BOOL:${OPWIRE_FUZZ}>:-fno-sanitize=fuzzer-no-link>)
elseif(OPWIRE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(OPWIRE_SANITIZE)
  message(FATAL_ERROR "OPWIRE_SANITIZE is '${OPWIRE_SANITIZE}'; it may be 'address', 'thread' or empty")
endif()

# ccache passes a translation unit with a precompiled header by unless it is told that macros seen there are settled, and
# hits across build folders and clones only where paths under the source root count as relative.
find_program(OPWIRE_CCACHE ccache)
if(OPWIRE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    ${OPWIRE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
find_program(OPWIRE_MOLD mold)
if(OPWIRE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
