# Finds what pt2e is built from; third_party/README.md says how each is obtained.

find_package(absl CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
find_package(Threads REQUIRED)
include(Pt2eExecuTorch)

# A faster linker if there is one: libpt2e.so is relinked after every change.
find_program(PT2E_LLD ld.lld)
if(PT2E_LLD AND NOT CMAKE_CROSSCOMPILING)
  add_link_options(-fuse-ld=lld)
endif()
find_program(PT2E_CCACHE ccache)
if(PT2E_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${PT2E_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PT2E_CCACHE})
endif()

# PyTorch's numbers are reproduced bit for bit: no contraction that the source
# does not spell out as std::fma.
add_compile_options(-ffp-contract=off -Wall -Wno-unused-parameter)

add_compile_definitions(PT2E_VERSION="${PROJECT_VERSION}" PT2E_EXECUTORCH_VERSION="1.5.1")
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)

if(PT2E_RUNTIME_ONLY)
  return()
endif()

find_package(MLIR 22.1 CONFIG REQUIRED)
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
find_program(LLVM_EXTERNAL_LIT NAMES lit HINTS ${LLVM_TOOLS_BINARY_DIR} NO_DEFAULT_PATH REQUIRED)
set(MLIR_BINARY_DIR ${PROJECT_BINARY_DIR})
set(MLIR_LINK_MLIR_DYLIB ON)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
set(PT2E_MLIR_VERSION ${LLVM_PACKAGE_VERSION})
find_program(PT2E_FLATC flatc REQUIRED)
find_path(PT2E_FLATBUFFERS_INCLUDE flatbuffers/flatbuffers.h REQUIRED)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(LLVM_DEFINITIONS_LIST NATIVE_COMMAND ${LLVM_DEFINITIONS})
add_definitions(${LLVM_DEFINITIONS_LIST})
