# How plugins are built, out of the tree and in it (docs/quantizer-guide.md).

# pt2e_add_quantizer_plugin(npu file.cpp ...): libnpu.so with quantizers and observers. Needs the headers alone;
# nothing but pt2eGetPluginInfo is visible.
function(pt2e_add_quantizer_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE pt2e::quantizer)
  set_target_properties(${name} PROPERTIES PREFIX lib CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# pt2e_add_pass_plugin(npu-passes file.cpp ...): a library with passes and dialects, for the MLIR that pt2e was built with.
# It may have quantizers, too.
function(pt2e_add_pass_plugin name)
  find_package(MLIR ${PT2E_MLIR_VERSION} EXACT REQUIRED CONFIG)
  add_library(${name} MODULE ${ARGN})
  target_include_directories(${name} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  separate_arguments(definitions NATIVE_COMMAND ${LLVM_DEFINITIONS})
  target_compile_definitions(${name} PRIVATE ${definitions})
  target_link_libraries(${name} PRIVATE pt2e::pt2e MLIR LLVM)
  set_target_properties(${name} PROPERTIES PREFIX lib)
endfunction()
