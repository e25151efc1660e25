# The project's own CMake vocabulary.

# pt2e_add_dialect(Pt2e pt2e [ATTRS] [TYPES] [ENUMS] [INTERFACES]): a dialect room with the files
# <Name>Dialect.td, <Name>Attrs.td, <Name>Types.td, <Name>Enums.td, <Name>Interfaces.td, <Name>Ops.td;
# the option names say which of them there are besides Dialect and Ops.
function(pt2e_add_dialect name mnemonic)
  cmake_parse_arguments(ARG "ATTRS;TYPES;ENUMS;INTERFACES" "" "" ${ARGN})
  set(LLVM_TARGET_DEFINITIONS ${name}Ops.td)
  mlir_tablegen(${name}Dialect.h.inc -gen-dialect-decls -dialect=${mnemonic})
  mlir_tablegen(${name}Dialect.cpp.inc -gen-dialect-defs -dialect=${mnemonic})
  mlir_tablegen(${name}Ops.h.inc -gen-op-decls)
  mlir_tablegen(${name}Ops.cpp.inc -gen-op-defs)
  if(ARG_ATTRS)
    mlir_tablegen(${name}Attrs.h.inc -gen-attrdef-decls -attrdefs-dialect=${mnemonic})
    mlir_tablegen(${name}Attrs.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${mnemonic})
  endif()
  if(ARG_TYPES)
    mlir_tablegen(${name}Types.h.inc -gen-typedef-decls -typedefs-dialect=${mnemonic})
    mlir_tablegen(${name}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${mnemonic})
  endif()
  if(ARG_ENUMS)
    set(LLVM_TARGET_DEFINITIONS ${name}Enums.td)
    mlir_tablegen(${name}Enums.h.inc -gen-enum-decls)
    mlir_tablegen(${name}Enums.cpp.inc -gen-enum-defs)
  endif()
  if(ARG_INTERFACES)
    set(LLVM_TARGET_DEFINITIONS ${name}Interfaces.td)
    mlir_tablegen(${name}Interfaces.h.inc -gen-op-interface-decls)
    mlir_tablegen(${name}Interfaces.cpp.inc -gen-op-interface-defs)
  endif()
  add_public_tablegen_target(${name}IncGen)
  set_property(GLOBAL APPEND PROPERTY PT2E_INCGEN ${name}IncGen)
endfunction()

# pt2e_add_passes(Transforms): include/pt2e/<Name>/Passes.td.
function(pt2e_add_passes name)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${name})
  add_public_tablegen_target(${name}PassIncGen)
  set_property(GLOBAL APPEND PROPERTY PT2E_INCGEN ${name}PassIncGen)
endfunction()

# pt2e_add_library(Name file.cpp ... [LIBS target ...]): objects that become part of libpt2e.so and
# may use MLIR.
function(pt2e_add_library name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  add_library(${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  get_property(incgen GLOBAL PROPERTY PT2E_INCGEN)
  add_dependencies(${name} ${incgen})
  target_compile_options(${name} PRIVATE -fno-exceptions)
  target_link_libraries(${name} PUBLIC ${ARG_LIBS})
  # One precompiled header for all: parsing MLIR's headers is most of the build time.
  if(NOT TARGET Pt2ePrecompiled)
    file(WRITE ${PROJECT_BINARY_DIR}/Precompiled.cpp "")
    add_library(Pt2ePrecompiled OBJECT ${PROJECT_BINARY_DIR}/Precompiled.cpp)
    target_compile_options(Pt2ePrecompiled PRIVATE -fno-exceptions)
    target_precompile_headers(Pt2ePrecompiled PRIVATE ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h)
  endif()
  target_precompile_headers(${name} REUSE_FROM Pt2ePrecompiled)
  set_property(GLOBAL APPEND PROPERTY PT2E_LIBRARIES ${name})
endfunction()

# pt2e_add_plain_library(Name ...): the same for code that knows nothing of MLIR (Numerics, Runtime).
function(pt2e_add_plain_library name)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  add_library(${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LIBS})
  set_property(GLOBAL APPEND PROPERTY PT2E_LIBRARIES ${name})
endfunction()

# pt2e_add_tool(pt2e-opt file.cpp ...): a thin shell over libpt2e.so.
function(pt2e_add_tool name)
  add_executable(${name} ${ARGN})
  if(NOT PT2E_RUNTIME_ONLY)
    target_compile_options(${name} PRIVATE -fno-exceptions)
  endif()
  target_link_libraries(${name} PRIVATE pt2e::pt2e)
  set_target_properties(${name} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
  install(TARGETS ${name} DESTINATION bin)
endfunction()

# pt2e_add_unittest(NumericsTests file.cpp ...): GoogleTest cases, each a ctest test with label `unit`.
# PT2E_TEST_DATA is the folder test/data.
function(pt2e_add_unittest name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE pt2e::pt2e GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE PT2E_TEST_DATA="${PROJECT_SOURCE_DIR}/test/data")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
  gtest_discover_tests(${name} PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
endfunction()
