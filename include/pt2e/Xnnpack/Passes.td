#ifndef PT2E_XNNPACK_PASSES_TD
#define PT2E_XNNPACK_PASSES_TD

include "mlir/Pass/PassBase.td"

def EtPlanMemoryPass : Pass<"et-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every tensor of a method a place in its arena";
  let description = [{
    A tensor lives from the call that makes it to the last call that reads it; inputs live from the start
    (the runtime copies them to their place), outputs to the end, buffers always. Tensors that live at the
    same time never overlap, and neither do inputs and outputs of one call. Larger tensors are placed first,
    each in the smallest gap that it fits. Sizes are upper bounds, offsets multiples of 64. XNNPACK's kernels
    read past the end of their inputs: 128 bytes follow the last tensor.

    Needs: calls of the et dialect, reads and writes of buffers, constants. Guarantees: `et.offsets` on calls,
    `et.offset` on arguments and buffers, `et.arena_size` on methods, for `pt2e-translate --export-pte`.

    Before:
    ```mlir
    %0 = et.call_delegate @delegate_0(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ```
    After:
    ```mlir
    %0 = et.call_delegate @delegate_0(%x) {et.offsets = array<i64: 64>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ```
  }];
  let dependentDialects = ["::pt2e::et::EtDialect"];
  let statistics = [
    Statistic<"arenaBytes", "arena-bytes", "Bytes of planned memory">,
    Statistic<"tensorBytes", "tensor-bytes", "Bytes that the tensors would take without reuse">];
}

#endif // PT2E_XNNPACK_PASSES_TD
