#ifndef PT2E_XNNPACK_PASSES_TD
#define PT2E_XNNPACK_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertAtenToXnnPass : Pass<"convert-aten-to-xnn", "::mlir::func::FuncOp"> {
  let summary = "Turn what XNNPACK runs into xnn ops, in line";
  let description = [{
    One walk over the function in order. An op whose float operands are dequantized codes and whose result
    (behind an activation that can be fused) is only quantized becomes one op on 8-bit codes; where XNNPACK
    has no such op, and for every other op, it becomes float ops, with `xnn.convert` where codes come and go.
    `xnn.enter` and `xnn.leave` stand where a tensor of an op that stays is read or needed. Image ops are NHWC:
    each stands between transposes, which `--xnn-assign-layout` moves and merges.

    A product with constant codes keeps them: symmetric int8 codes of linear layers, 4-bit ones in rows of even
    length. If its input is quantized to a range taken at run time (`pt2e.choose_qparams`), it is one product of
    rows, or of images, that `xnn.convert` quantizes for all that read them; groups of a multiple of 32 codes and
    convolutions have this form alone. A constant kept in f16 stays so. Other codes become numbers.

    An op that stays says why in the attribute `xnn.kept`; one that is computed in float between codes, in
    `xnn.float` on its value; one that computes slightly else than was asked, in `xnn.note`.

    Needs: simplified and decomposed aten; float, observed or converted. Guarantees: every rule of the xnn
    dialect holds; the values that sites observe stay tensors.

    Before:
    ```mlir
    %1 = aten.relu %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ```
    After:
    ```mlir
    %a = xnn.enter %0 : (tensor<2x4xf32>) -> !xnn.value<f32, [2, 4]>
    %b = xnn.clamp %a {output_min = 0.0 : f32} : (!xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 4]>
    %1 = xnn.leave %b : (!xnn.value<f32, [2, 4]>) -> tensor<2x4xf32>
    ```
  }];
  let dependentDialects = ["::pt2e::xnn::XnnDialect"];
  let statistics = [
    Statistic<"numCodes", "in-codes", "Number of ops lowered to 8-bit codes">,
    Statistic<"numFloat", "in-float", "Number of ops lowered in float">,
    Statistic<"numKept", "kept", "Number of aten ops that stay">];
}

def EtPlanMemoryPass : Pass<"et-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every tensor of a method a place in its arena";
  let description = [{
    A tensor lives from the call that makes it to the last call that reads it; inputs live from the start
    (the runtime copies them to their place), outputs to the end, buffers always. Tensors that live at the
    same time never overlap, and neither do inputs and outputs of one call. Larger tensors are placed first,
    each in the smallest gap that it fits. Sizes are upper bounds, offsets multiples of 64. XNNPACK's kernels
    read past the end of their inputs: 128 bytes follow the last tensor.

    An input that is only converted to codes, of static size and a multiple of 128 floats, is not read past
    its end: it stays where the caller has it, `et.in_place`, and is not copied.

    Needs: calls of the et dialect, reads and writes of buffers, constants. Guarantees: `et.offsets` on calls,
    `et.offset` on arguments (or `et.in_place`) and buffers, `et.arena_size` on methods, for `pt2e-translate --export-pte`.

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

def XnnBreakTablesPass : Pass<"xnn-break-tables", "::mlir::func::FuncOp"> {
  let summary = "Keep functions of one value in codes from becoming one table";
  let description = [{
    XNNPACK makes one table of functions of one value that follow each other between codes, up to ten of them; at ten the
    stock runtime frees memory that is on its stack. A longer row is cut at its last codes by a transpose that
    moves nothing, which is part of no table.

    Needs: xnn ops in line, in the form in which they are emitted. Guarantees: delegates that verify.

    Before:
    ```mlir
    %9 = xnn.elu %8 {alpha = 1.0 : f32} : ... // %0 to %8 likewise, each of the one before
    ```
    After:
    ```mlir
    %9 = xnn.transpose %8 {perm = array<i64: 0>} : ...
    %10 = xnn.elu %9 {alpha = 1.0 : f32} : ...
    ```
  }];
  let dependentDialects = ["::pt2e::xnn::XnnDialect"];
  let statistics = [
    Statistic<"numBroken", "broken", "Number of rows that were cut">];
}

def XnnOutlineDelegatesPass : Pass<"xnn-outline-delegates", "::mlir::ModuleOp"> {
  let summary = "Move xnn ops into delegates and call them";
  let description = [{
    The nodes of a function become as few delegates as the other ops between them allow: each node goes into
    the first delegate in which all its operands are ready. Delegates call nothing and never wait for each
    other in a circle. Constants are cloned into each delegate that uses them.

    A program with observers, or one lowered with `in-order`, is cut where a value is read: each delegate
    ends as soon as an op wants a value of it, so that what the op reads is fresh, and no more values are
    live than in the program as it stands.

    Needs: functions of one block, in which `xnn.enter` and `xnn.leave` stand between xnn ops and others.
    Guarantees: no xnn op outside private functions with the attribute `xnn.delegate`.

    Before:
    ```mlir
    %0 = xnn.enter %x : (tensor<2x4xf32>) -> !xnn.value<f32, [2, 4]>
    %1 = xnn.unary abs %0 : (!xnn.value<f32, [2, 4]>) -> !xnn.value<f32, [2, 4]>
    %2 = xnn.leave %1 : (!xnn.value<f32, [2, 4]>) -> tensor<2x4xf32>
    ```
    After:
    ```mlir
    %0 = et.call_delegate @delegate_0(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ```
  }];
  let dependentDialects = ["::pt2e::aten::AtenDialect", "::pt2e::et::EtDialect", "::mlir::func::FuncDialect"];
  let options = [
    Option<"inOrder", "in-order", "bool", "false", "cut where a value is read, also without observers">];
  let statistics = [
    Statistic<"numDelegates", "delegates", "Number of delegates made">];
}

def XnnAssignLayoutPass : Pass<"xnn-assign-layout", "::mlir::func::FuncOp"> {
  let summary = "Choose layouts so that the fewest bytes are transposed";
  let description = [{
    Convolutions, pools and resizes are NHWC; what enters, leaves or is reshaped has the layout that it is
    written in. Elementwise ops, concatenations, pads and slices take either, their attributes and constants
    following. One minimum cut over the function decides for all of them at once; an image that is wanted in
    both layouts is moved once. Observers of whole tensors pass on either layout as well.

    Transposes that follow each other are composed, those of constants done here, those that move dimensions
    of size 1 alone become reshapes.

    Needs: xnn ops in line. Guarantees: the same values; no cheaper assignment of the two layouts exists.

    Before:
    ```mlir
    %1 = xnn.transpose %0 {perm = array<i64: 0, 3, 1, 2>} : (!xnn.value<f32, [1, 8, 8, 4]>) -> !xnn.value<f32, [1, 4, 8, 8]>
    %2 = xnn.clamp %1 {output_min = 0.0 : f32} : (!xnn.value<f32, [1, 4, 8, 8]>) -> !xnn.value<f32, [1, 4, 8, 8]>
    %3 = xnn.transpose %2 {perm = array<i64: 0, 2, 3, 1>} : (!xnn.value<f32, [1, 4, 8, 8]>) -> !xnn.value<f32, [1, 8, 8, 4]>
    ```
    After:
    ```mlir
    %3 = xnn.clamp %0 {output_min = 0.0 : f32} : (!xnn.value<f32, [1, 8, 8, 4]>) -> !xnn.value<f32, [1, 8, 8, 4]>
    ```
  }];
  let dependentDialects = ["::pt2e::xnn::XnnDialect"];
  let statistics = [
    Statistic<"numRemoved", "removed", "Number of transposes removed">];
}

def XnnChooseFormsPass : Pass<"xnn-choose-forms", "::mlir::func::FuncOp"> {
  let summary = "Compute in float what was measured to be faster so";
  let description = [{
    An op on int8 codes becomes one in float between two `xnn.convert` where `timings`, a file that
    `pt2e quantize --autotune` writes, says that this takes 0.95 of the time or less. Weights keep the numbers that
    their codes stand for, activations their grid: codes differ by one at most. Ops that the file lacks stay as
    they are. Which form is faster differs between machines: a depthwise convolution of 5 x 5 in float is faster
    than in int8 on x86 with AVX512, and slower on ARM.

    Needs: `--xnn-assign-layout`. Guarantees: values that ops of other forms read are the same codes, but for
    rounding.

    Before:
    ```mlir
    %1 = xnn.global_average_pooling2d %0 : (!in) -> !out
    ```
    After:
    ```mlir
    %1 = xnn.convert %0 : (!in) -> !xnn.value<f32, [1, 7, 7, 64]>
    %2 = xnn.global_average_pooling2d %1 {xnn.measured = "1.2 us in float, 4.1 us on int8 codes"} : ...
    %3 = xnn.convert %2 : (!xnn.value<f32, [1, 1, 1, 64]>) -> !out
    ```
  }];
  let options = [
    Option<"timings", "timings", "std::string", "\"\"", "the file that has the times">];
  let dependentDialects = ["::pt2e::xnn::XnnDialect"];
}

def XnnFoldStridePass : Pass<"xnn-fold-stride", "::mlir::func::FuncOp"> {
  let summary = "Make the columns that a strided convolution steps over channels";
  let description = [{
    XNNPACK's kernels read the input of a tap in blocks of 8 channels, of which an image has 3, and transposing
    an image code by code is slow. A convolution in int8 codes with fewer than 8 input channels and the stride S
    in a row becomes one of stride 1 over columns of S times the channels: the weights are moved (taps outside
    of the kernel are 0, which is exact in codes), the image is transposed in pieces of S codes. On x86 the first
    layer of a network for images of 224 x 224 takes 0.6 of the time.

    Needs: `--xnn-assign-layout`. Guarantees: the same codes.

    Before:
    ```mlir
    %1 = xnn.transpose %0 {perm = array<i64: 0, 2, 3, 1>} : (!xnn.value<qint8, [1, 3, 8, 8], scale = 1.0 : f32, zero_point = 0>) -> !xnn.value<qint8, [1, 8, 8, 3], scale = 1.0 : f32, zero_point = 0>
    %2 = xnn.conv2d %1, %w {padding = array<i64: 1, 0, 0, 1>, stride = array<i64: 2, 2>, ...} // %w: [16, 3, 3, 3]
    ```
    After:
    ```mlir
    %1 = xnn.reshape %0 {new_shape = array<i64: 1, 3, 8, 4, 2>} : ...
    %2 = xnn.transpose %1 {perm = array<i64: 0, 2, 3, 1, 4>} : ...
    %3 = xnn.reshape %2 {new_shape = array<i64: 1, 8, 4, 6>} : ...
    %4 = xnn.conv2d %3, %w {padding = array<i64: 1, 0, 0, 1>, stride = array<i64: 2, 1>, ...} // %w: [16, 3, 2, 6]
    ```
  }];
  let dependentDialects = ["::pt2e::xnn::XnnDialect"];
}

def ConvertToEtPass : Pass<"convert-to-et", "::mlir::ModuleOp"> {
  let summary = "Turn what XNNPACK does not run into calls of the runtime's kernels";
  let description = [{
    Each aten op becomes a call of the kernel that has its arguments (dialects/Et/kernels.txt); operators
    without one are rewritten to operators that have (`softmax.int` to `_softmax`, `reshape` to `view`, ...).
    Arithmetic on sizes becomes `executorch_prim` calls, a quantize or dequantize on its own a call of the
    quantized kernels, an embedding of a table in 4- or 8-bit codes one of theirs (4-bit codes are packed here),
    and each `pt2e.observe` a call of `pt2e::observe.out` with the number of its site in the
    order of the module.

    Needs: `--xnn-outline-delegates`. Guarantees: the functions that are no delegates hold calls, constants,
    reads and writes of buffers. An operator without a kernel is an error that names it and where it comes from.

    Before:
    ```mlir
    %1 = aten.cos %0 : (tensor<2xf64>) -> tensor<2xf64>
    ```
    After:
    ```mlir
    %1 = et.call_kernel "aten::cos.out"(%0) [#et.operand<0>] : (tensor<2xf64>) -> tensor<2xf64>
    ```
  }];
  let dependentDialects = ["::pt2e::aten::AtenDialect", "::pt2e::et::EtDialect"];
}

#endif // PT2E_XNNPACK_PASSES_TD
