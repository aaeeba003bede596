# Third-party packages, found once. Only the library that wraps one links it (see each CMakeLists.txt).

find_package(Threads REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Snappy REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(secp256k1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(cares REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(lmdb REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
if(OPWIRE_TESTS)
  find_package(GTest REQUIRED)
endif()
if(OPWIRE_BENCH)
  find_package(benchmark REQUIRED)
endif()

# Asio's and Boost's settings: what a program that includes our headers needs travels with this target.
add_library(opwire_asio INTERFACE)
add_library(opwire::asio ALIAS opwire_asio)
target_compile_definitions(opwire_asio INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_BOOST_COROUTINE)
target_link_libraries(opwire_asio INTERFACE Boost::headers Threads::Threads)

# Asio itself, compiled once. Every program needs it: Asio's headers refer to it wherever they are included.
add_library(opwire_asio_impl STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
target_compile_definitions(opwire_asio_impl PRIVATE $<TARGET_PROPERTY:opwire_asio,INTERFACE_COMPILE_DEFINITIONS>)
target_link_libraries(opwire_asio_impl PUBLIC Boost::headers Threads::Threads)
target_link_libraries(opwire_asio INTERFACE opwire_asio_impl)
