#ifndef PT2E_DRIVER_PASSES_TD
#define PT2E_DRIVER_PASSES_TD

include "mlir/Pass/PassBase.td"

def LoadWeightsPass : Pass<"aten-load-weights", "::mlir::ModuleOp"> {
  let summary = "Load the weights that a text names and does not hold";
  let description = [{
    A weight in a resource that is not in the text is read from the `.pt2` in `aten.archive`, by its name; its
    elements must have the hash in `aten.hash`. A relative path is searched from `folder`, then from the working
    directory; last, `folder` is searched for a file of that name. pt2e-opt does this before any other pass,
    with the folder of its input, unless its pipeline begins with this pass.

    Needs: nothing. Guarantees: only values that were absent change. Weights that name no archive stay absent.

    ```mlir
    %w = aten.parameter "fc.weight" {aten.archive = "model.pt2", aten.hash = "xxh3_128:..."}
           dense_resource<fc.weight> : tensor<10x64xf32>
    ```
  }];
  let options = [
    Option<"folder", "folder", "std::string", "\"\"", "where archives are searched first">];
  let dependentDialects = ["::pt2e::aten::AtenDialect"];
}

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

def VerifyImportPass : Pass<"verify-import", "::mlir::ModuleOp"> {
  let summary = "Check what import leaves behind: functional `aten` ops";
  let description = [{
    Operators of an exported program (which may be quantized already) alone, none of which writes to an operand; a
    name for each parameter, and for each operator the one it has in the exported graph; the ranges of dynamic inputs
    in `aten.dims`.

    Needs: a program after import. Guarantees: nothing changes.

    ```mlir
    func.func @forward(%x: tensor<?x4xf32> {aten.dims = ["b:1..64", 4]}) -> tensor<?x4xf32>
    ```
  }];
}

def VerifySimplifyPass : Pass<"verify-simplify", "::mlir::ModuleOp"> {
  let summary = "Check what simplify leaves behind: the inference form";
  let description = [{
    As after import, without ops that do nothing (copies, dropout that does not train), batch norm of constants
    behind a convolution that nothing else reads, and transposes of constants.

    Needs: a program after simplify. Guarantees: nothing changes.

    ```mlir
    %0 = aten.relu %x : (tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
  let options = [Option<"keepBatchNorm", "keep-batch-norm", "bool", "false",
                        "Batch norm stays, as `--aten-simplify=keep-batch-norm` leaves it">];
}

def VerifyAnnotatePass : Pass<"verify-annotate", "::mlir::ModuleOp"> {
  let summary = "Check what annotate leaves behind: annotations and reasons";
  let description = [{
    Nothing but attributes is added: annotations, with their rule, on `aten` operators, and on others
    `pt2e.kept_float` with a code and a reason.

    Needs: a program after annotate. Guarantees: nothing changes.

    ```mlir
    %0 = aten.relu %x {pt2e.kept_float = {code = "asked", reason = "a choice keeps it in float"}} : ...
    ```
  }];
}

def VerifyPreparePass : Pass<"verify-prepare", "::mlir::ModuleOp"> {
  let summary = "Check what prepare leaves behind: sites and observes";
  let description = [{
    No annotation is left, each site is observed, and none twice at an edge.

    Needs: a program after prepare. Guarantees: nothing changes.

    ```mlir
    pt2e.site @x spec(...)
    %0 = pt2e.observe @x, %x : tensor<2xf32>
    ```
  }];
}

def VerifyCalibratePass : Pass<"verify-calibrate", "::mlir::ModuleOp"> {
  let summary = "Check what calibrate leaves behind: statistics";
  let description = [{
    As after prepare, and each site has statistics of its observer, or parameters that are given, derived or found at
    run time.

    Needs: a program after calibrate. Guarantees: nothing changes.

    ```mlir
    pt2e.site @x spec(...) statistics {...}
    ```
  }];
}

def VerifyConvertPass : Pass<"verify-convert", "::mlir::ModuleOp"> {
  let summary = "Check what convert leaves behind: quantized values";
  let description = [{
    No site, no observe and no annotation is left; constants with known parameters are codes, and what nothing reads
    any more is gone.

    Needs: a program after convert. Guarantees: nothing changes.

    ```mlir
    %q = pt2e.quantize %x, %s to <i8, -128 : 127, block = [-1]> : ...
    ```
  }];
}

def VerifyLowerPass : Pass<"verify-lower", "::mlir::ModuleOp"> {
  let summary = "Check what lower leaves behind: `xnn` ops in line";
  let description = [{
    What is no `xnn` op says why in `xnn.kept`; no value leaves and enters again, and constants that enter are
    `xnn.constant`. The rules of single ops are the verifiers of `xnn`.

    Needs: a program after lower. Guarantees: nothing changes.

    ```mlir
    %0 = xnn.enter %x : (tensor<2xf32>) -> !xnn.value<f32, [2]>
    ```
  }];
}

def VerifyLayoutPass : Pass<"verify-layout", "::mlir::ModuleOp"> {
  let summary = "Check what layout leaves behind: one layout";
  let description = [{
    No transpose of a transpose, and none that moves nothing.

    Needs: a program after layout. Guarantees: nothing changes.

    ```mlir
    %0 = xnn.transpose %x {perm = array<i64: 0, 2, 3, 1>} : ...
    ```
  }];
}

def VerifyOutlinePass : Pass<"verify-outline", "::mlir::ModuleOp"> {
  let summary = "Check what outline leaves behind: delegates";
  let description = [{
    Every `xnn` op is in a delegate, nothing else is, and every delegate is called; they are the fewest: all but one
    wait for an op that is in none.

    Needs: a program after outline. Guarantees: nothing changes.

    ```mlir
    %0 = et.call_delegate @delegate_0(%x) : (tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
}

def VerifyExecutePass : Pass<"verify-execute", "::mlir::ModuleOp"> {
  let summary = "Check what execute leaves behind: calls";
  let description = [{
    As after outline, and every other op is a call, a constant or a buffer.

    Needs: a program after execute. Guarantees: nothing changes.

    ```mlir
    %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] : (tensor<2xf32>) -> tensor<2xf32>
    ```
  }];
}

def VerifyPlanPass : Pass<"verify-plan", "::mlir::ModuleOp"> {
  let summary = "Check what plan leaves behind: places in memory";
  let description = [{
    Every tensor that is an input, a buffer or the result of a call has an aligned place, the arena holds all with
    room behind the last, and what is needed together does not overlap.

    Needs: a program after plan. Guarantees: nothing changes.

    ```mlir
    %0 = et.call_kernel "aten::abs.out"(%x) [#et.operand<0>] {et.offsets = array<i64: 64>} : ...
    ```
  }];
}

#endif // PT2E_DRIVER_PASSES_TD
