#ifndef PT2E_DRIVER_PASSES_TD
#define PT2E_DRIVER_PASSES_TD

include "mlir/Pass/PassBase.td"

def CalibratePass : Pass<"pt2e-calibrate", "::mlir::ModuleOp"> {
  let summary = "Run the observed program on data and keep what its sites see";
  let description = [{
    The program is lowered in float, its observers as kernel calls between the delegates, and run on
    ExecuTorch. Afterwards each site has the statistics of the tensors that passed it, as text that can be
    read, changed and compared; sites that nothing passed keep what they had.

    Needs: prepared form, of which a copy is lowered. Guarantees: nothing but statistics changes.

    Before:
    ```mlir
    pt2e.site @x spec(#pt2e.spec<i8, -128 : 127, affine, static, "min_max">)
    ```
    After:
    ```mlir
    pt2e.site @x spec(...) statistics {count = 8 : i64, max = array<f32: 2.0>, min = array<f32: -1.0>, ...}
    ```
  }];
  let options = [
    ListOption<"inputs", "inputs", "std::string", "data, as `pt2e quantize --calibration` takes it">,
    Option<"samples", "samples", "int64_t", "0", "at most so many samples; 0 for all">,
    Option<"batch", "batch", "int64_t", "32", "batch of a program that takes any">];
  let dependentDialects = ["::pt2e::Pt2eDialect", "::pt2e::xnn::XnnDialect", "::pt2e::et::EtDialect"];
}

#endif // PT2E_DRIVER_PASSES_TD
