# cmake --install: the static libraries, their headers, the program, and what find_package and pkg-config read.
#
#   find_package(opwire)          targets opwire::p2p, opwire::opstack (umbrellas) and one a library (opwire::yamux, ...)
#   pkg-config --cflags --libs opwire
#
# Compile definitions that our headers need travel with both. What only our own build uses (warnings, precompiled headers)
# stays here.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY OPWIRE_LIBRARIES)
get_property(private_headers GLOBAL PROPERTY OPWIRE_PRIVATE_HEADERS)

add_library(opwire_p2p INTERFACE)
target_link_libraries(opwire_p2p INTERFACE opwire_host)
add_library(opwire_opstack INTERFACE)
target_link_libraries(opwire_opstack INTERFACE opwire_opstack_gossip opwire_opstack_discovery opwire_signer)

set(exported opwire_asio_impl opwire_asio ${libraries} opwire_p2p opwire_opstack)
foreach(target IN LISTS exported)
  string(REGEX REPLACE "^opwire_" "" name ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/opwire)
install(TARGETS ${exported} EXPORT opwireTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS opwire RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT opwireTargets NAMESPACE opwire:: DESTINATION ${package_dir})

set(left_out PATTERN corpus EXCLUDE PATTERN "*_for_test.hpp" EXCLUDE PATTERN "*_conformance.hpp" EXCLUDE)
foreach(header IN LISTS private_headers)
  string(REPLACE "." "\\." header ${header})
  list(APPEND left_out REGEX "/${header}$" EXCLUDE)
endforeach()
get_property(internal_folders GLOBAL PROPERTY OPWIRE_INTERNAL_FOLDERS)
foreach(folder IN LISTS internal_folders)
  list(APPEND left_out REGEX "/${folder}$" EXCLUDE)
endforeach()
install(DIRECTORY opwire DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp" ${left_out})

configure_package_config_file(cmake/opwireConfig.cmake.in ${CMAKE_BINARY_DIR}/opwireConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/opwireConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/opwireConfig.cmake ${CMAKE_BINARY_DIR}/opwireConfigVersion.cmake DESTINATION ${package_dir})

# For the linker: a static library before those that it uses, so the highest layer first.
set(archives ${libraries})
list(REVERSE archives)
set(OPWIRE_PC_LIBS "")
foreach(target IN LISTS archives ITEMS opwire_asio_impl)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    string(APPEND OPWIRE_PC_LIBS " -l${target}")
  endif()
endforeach()
get_target_property(definitions opwire_asio INTERFACE_COMPILE_DEFINITIONS)
list(TRANSFORM definitions PREPEND "-D")
list(JOIN definitions " " OPWIRE_PC_DEFINITIONS)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH OPWIRE_PC_UP /${pkgconfig_dir} /)  # the folder may be moved as a whole
configure_file(cmake/opwire.pc.in ${CMAKE_BINARY_DIR}/opwire.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/opwire.pc DESTINATION ${pkgconfig_dir})
