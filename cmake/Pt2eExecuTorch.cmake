# The ExecuTorch C++ SDK, unpacked from its wheel by cmake/fetch-executorch.sh.
# Its imported targets need CMake 3.28, so the libraries are named here.
#
#   PT2E_EXECUTORCH_DIR   the `executorch` folder of the unpacked wheel
#   pt2e_executorch       interface target: headers, runtime, kernels, XNNPACK backend

set(PT2E_EXECUTORCH_DIR ${PROJECT_SOURCE_DIR}/third_party/sdk/${CMAKE_SYSTEM_PROCESSOR}/executorch
  CACHE PATH "the `executorch` folder of the unpacked wheel")
if(NOT EXISTS ${PT2E_EXECUTORCH_DIR}/lib/libexecutorch.so)
  message(FATAL_ERROR "no ExecuTorch SDK in ${PT2E_EXECUTORCH_DIR}: run cmake/fetch-executorch.sh ${CMAKE_SYSTEM_PROCESSOR}, or set "
    "PT2E_EXECUTORCH_DIR to the `executorch` folder of an unpacked executorch 1.5.1 wheel")
endif()
set(executorch_ROOT ${PT2E_EXECUTORCH_DIR})
find_package(executorch 1.5 CONFIG REQUIRED PATHS ${PT2E_EXECUTORCH_DIR}/lib/cmake/executorch NO_DEFAULT_PATH
  NO_CMAKE_FIND_ROOT_PATH)

add_library(pt2e_executorch INTERFACE)
target_include_directories(pt2e_executorch SYSTEM INTERFACE ${EXECUTORCH_INCLUDE_DIRS})
target_compile_definitions(pt2e_executorch INTERFACE ${EXECUTORCH_COMPILE_DEFINITIONS})
target_link_directories(pt2e_executorch INTERFACE ${PT2E_EXECUTORCH_DIR}/lib)
# The kernel and backend libraries only register themselves: without
# --no-as-needed the linker drops them.
target_link_options(pt2e_executorch INTERFACE
  "LINKER:--push-state,--no-as-needed" -lexecutorch -lexecutorch_kernels_optimized
  -lexecutorch_kernels_quantized -lexecutorch_backend_xnnpack -lexecutorch_threadpool
  "LINKER:--pop-state" "LINKER:-rpath,${PT2E_EXECUTORCH_DIR}/lib")
if(CMAKE_CROSSCOMPILING)
  target_link_options(pt2e_executorch INTERFACE "LINKER:--allow-shlib-undefined")
endif()
