# cmake --install: libraries, tools, headers, dialects (with their .td and generated headers), CMake package, and the
# programs that quantizers are tried on.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(PT2E_LIBDIR lib)
set(PT2E_CORPUS ${CMAKE_INSTALL_DATADIR}/pt2e/corpus)

install(DIRECTORY include/pt2e DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
if(NOT PT2E_RUNTIME_ONLY)
  install(DIRECTORY dialects DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
  foreach(generated dialects include/pt2e)
    string(REGEX REPLACE "^include/" "" to ${generated})
    install(DIRECTORY ${PROJECT_BINARY_DIR}/${generated}/ DESTINATION include/${to}
      FILES_MATCHING PATTERN "*.h.inc" PATTERN "CMakeFiles" EXCLUDE)
  endforeach()
  # Programs with one sample each. The folder of a case says what it is: conv_relu__pc (per channel; __pt are the same).
  file(GLOB cases RELATIVE ${PROJECT_SOURCE_DIR}/test/data/cases ${PROJECT_SOURCE_DIR}/test/data/cases/*__pc)
  foreach(case ${cases})
    string(REGEX REPLACE "__pc$" "" name ${case})
    # The build tree has them where an installed one has them.
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${PT2E_CORPUS})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/test/data/cases/${case} ${PROJECT_BINARY_DIR}/${PT2E_CORPUS}/${name} SYMBOLIC)
    install(DIRECTORY test/data/cases/${case}/ DESTINATION ${PT2E_CORPUS}/${name}
      FILES_MATCHING PATTERN "model.pt2" PATTERN "calib_0*.npy")
  endforeach()
endif()
configure_package_config_file(cmake/pt2eConfig.cmake.in ${PROJECT_BINARY_DIR}/pt2eConfig.cmake
  INSTALL_DESTINATION lib/cmake/pt2e
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR PT2E_LIBDIR PT2E_CORPUS)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pt2eConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pt2eConfig.cmake ${PROJECT_BINARY_DIR}/pt2eConfigVersion.cmake cmake/Pt2ePlugin.cmake
  DESTINATION lib/cmake/pt2e)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DATADIR}/pt2e)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/quantizer-plugin
  DESTINATION ${CMAKE_INSTALL_DATADIR}/pt2e/examples)

