# cmake --install: libraries, tools, headers, dialects (with their .td and generated headers), CMake package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(DIRECTORY include/pt2e DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
if(NOT PT2E_RUNTIME_ONLY)
  install(DIRECTORY dialects DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
  foreach(generated dialects include/pt2e)
    string(REGEX REPLACE "^include/" "" to ${generated})
    install(DIRECTORY ${PROJECT_BINARY_DIR}/${generated}/ DESTINATION include/${to}
      FILES_MATCHING PATTERN "*.h.inc" PATTERN "CMakeFiles" EXCLUDE)
  endforeach()
endif()
configure_package_config_file(cmake/pt2eConfig.cmake.in ${PROJECT_BINARY_DIR}/pt2eConfig.cmake
  INSTALL_DESTINATION lib/cmake/pt2e)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pt2eConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pt2eConfig.cmake ${PROJECT_BINARY_DIR}/pt2eConfigVersion.cmake
  DESTINATION lib/cmake/pt2e)
