#include "dialects/Xnn/Verify.h"

using namespace mlir;
using namespace pt2e::xnn;

LogicalResult TransposeOp::verify() {
  // (C1)
  ArrayRef<int64_t> input = shapeOf(getInput()), perm = getPerm();
  SmallVector<int64_t> sorted(perm), expected;
  llvm::sort(sorted);
  for (auto [index, dim] : llvm::enumerate(sorted))
    if (dim != int64_t(index))
      sorted.clear();
  if (sorted.size() != input.size() || perm.size() != input.size())
    return emitOpError("expected a permutation of ")
           << input.size() << " dimensions, but got " << shapeText(perm);
  for (int64_t dim : perm)
    expected.push_back(input[dim]);
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  return verifySameEncoding(*this, getInput(), getOutput()); // (C2)
}

LogicalResult ReshapeOp::verify() {
  // (C1)
  ArrayRef<int64_t> input = shapeOf(getInput()), output = shapeOf(getOutput());
  ArrayRef<int64_t> newShape = getNewShape();
  int64_t inferred = 0;
  bool fits = newShape.size() == output.size();
  for (size_t dim = 0; fits && dim < output.size(); ++dim) {
    inferred += newShape[dim] == 0 && output[dim] != 0;
    fits = newShape[dim] == 0 || newShape[dim] == output[dim];
  }
  if (!fits || inferred > 1)
    return emitOpError("expected new_shape ")
           << shapeText(output) << " with at most one size 0, but got "
           << shapeText(newShape);
  // (C2)
  auto count = [](ArrayRef<int64_t> shape) {
    int64_t elements = 1;
    for (int64_t size : shape)
      elements *= size;
    return elements;
  };
  if (count(input) != count(output))
    return emitOpError("expected as many elements as ")
           << shapeText(input) << " has, but got " << shapeText(output);
  return verifySameEncoding(*this, getInput(), getOutput()); // (C3)
}

LogicalResult SliceOp::verify() {
  // (C1)
  ArrayRef<int64_t> input = shapeOf(getInput());
  if (failed(verifyList(*this, "offsets", getOffsets(), input.size(), 0)) ||
      failed(verifyList(*this, "sizes", getSizes(), input.size(), 0)))
    return failure();
  SmallVector<int64_t> expected;
  for (auto [size, offset, taken] :
       llvm::zip_equal(input, getOffsets(), getSizes())) {
    if (offset > size || taken > size - offset)
      return emitOpError("expected a part of ")
             << shapeText(input) << ", but got " << taken << " elements from "
             << offset << " on";
    expected.push_back(taken ? taken : size - offset);
  }
  // (C2)
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  return verifySameEncoding(*this, getInput(), getOutput()); // (C3)
}

LogicalResult PadOp::verify() {
  // (C1)
  ArrayRef<int64_t> input = shapeOf(getInput());
  if (failed(verifyList(*this, "pre", getPre(), input.size(), 0)) ||
      failed(verifyList(*this, "post", getPost(), input.size(), 0)))
    return failure();
  SmallVector<int64_t> expected;
  for (auto [size, pre, post] : llvm::zip_equal(input, getPre(), getPost()))
    expected.push_back(pre + size + post);
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  return verifySameEncoding(*this, getInput(), getOutput()); // (C2)
}

LogicalResult ConcatenateOp::verify() {
  // (C1)
  const size_t count = getInputs().size();
  if (count < 2 || count > 5)
    return emitOpError("expected 2 to 5 inputs, but got ") << count;
  const uint64_t axis = getAxis();
  SmallVector<int64_t> expected(shapeOf(getInputs().front()));
  if (axis >= expected.size())
    return emitOpError("expected an axis below ")
           << expected.size() << ", but got " << axis;
  // (C2)
  expected[axis] = 0;
  for (Value input : getInputs()) {
    ArrayRef<int64_t> shape = shapeOf(input);
    SmallVector<int64_t> piece(expected);
    if (shape.size() == piece.size())
      piece[axis] = shape[axis];
    if (failed(verifyShape(*this, "an input", input, piece)))
      return failure();
    expected[axis] += shape[axis];
  }
  if (failed(verifyShape(*this, "an output", getOutput(), expected)))
    return failure();
  // (C3)
  for (Value input : getInputs())
    if (failed(verifySameEncoding(*this, input, getOutput())))
      return failure();
  return success();
}
