# Cross build for aarch64 with Debian's g++-aarch64-linux-gnu, against what cmake/fetch-aarch64.sh fetched. Programs run
# under qemu-aarch64; PT2E_QEMU_CPU in the environment chooses the CPU.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(PT2E_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../third_party/sdk/aarch64/sysroot)
get_filename_component(PT2E_SYSROOT ${PT2E_SYSROOT} REALPATH)
set(CMAKE_FIND_ROOT_PATH ${PT2E_SYSROOT})
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_INIT "-isystem ${PT2E_SYSROOT}/usr/include/aarch64-linux-gnu")
endforeach()
# Libraries that libraries need are found in the sysroot too: by RPATH, since RUNPATH is not inherited.
set(libraries ${PT2E_SYSROOT}/usr/lib/aarch64-linux-gnu)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--disable-new-dtags,-rpath,${libraries}")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-Wl,--disable-new-dtags,-rpath,${libraries}")

find_program(PT2E_QEMU qemu-aarch64)
set(CMAKE_CROSSCOMPILING_EMULATOR ${PT2E_QEMU} -L /usr/aarch64-linux-gnu)
