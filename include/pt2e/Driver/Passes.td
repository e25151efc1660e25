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

def CheckQuantizerPass : Pass<"pt2e-check-quantizer", "::mlir::ModuleOp"> {
  let summary = "Try a quantizer on programs and report what looks wrong";
  let description = [{
    Annotates each program twice, each time with a quantizer made for it, puts its observers in, and changes
    nothing. Errors, which make it fail: specs that are none, shared specs that contradict each other, an operand
    annotated twice in two ways, an op with two rules or both annotated and refused, a pattern whose inner value
    somebody else reads, annotations that differ the second time. Warnings: ops that were neither annotated nor
    refused with a reason, codes read in another form than they are made. The report is on stderr.

    Programs: those of `corpus` (files and folders of `.pt2` and `.mlir`), else the input as it is; if that is empty,
    those installed with pt2e.

    ```mlir
    // pt2e-opt --pt2e-check-quantizer=quantizer=xnnpack
    func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = aten.relu %x : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```
  }];
  let options = [
    Option<"quantizerName", "quantizer", "std::string", "\"xnnpack\"", "Name of the quantizer">,
    ListOption<"quantizerOptions", "options", "std::string", "Options of the quantizer, key=value">,
    ListOption<"corpus", "corpus", "std::string", "Files and folders of programs">,
    Option<"strict", "strict", "bool", "false", "Warnings make it fail as well">];
  let dependentDialects = ["::pt2e::aten::AtenDialect", "::pt2e::Pt2eDialect", "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect"];
}

#endif // PT2E_DRIVER_PASSES_TD
