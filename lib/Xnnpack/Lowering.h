/// \file
/// What the families of --convert-aten-to-xnn share: which value stands for
/// which tensor, and the conversion of one op.
#ifndef PT2E_LIB_XNNPACK_LOWERING_H
#define PT2E_LIB_XNNPACK_LOWERING_H

#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "Weights.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Pt2e/Pt2e.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace pt2e::xnn {

/// How one scale and zero point store real numbers in 8 bits:
/// `(code - zeroPoint) * scale`, codes in `[low, high]`.
struct Codes {
  Datatype datatype;
  float scale;
  int64_t zeroPoint;
  int64_t low, high;

  bool operator==(const Codes &other) const {
    return sameGrid(other) && low == other.low && high == other.high;
  }
  /// The same code stands for the same number.
  bool sameGrid(const Codes &other) const {
    return datatype == other.datatype && scale == other.scale &&
           zeroPoint == other.zeroPoint;
  }
};

/// The codes that `op` (pt2e.quantize or pt2e.dequantize) makes or reads; none
/// if they are not 8-bit, per tensor and known now.
std::optional<Codes> codesOf(mlir::Operation *op);

/// The float tensor that `tensor` is after its ranges were taken at run time
/// and it was quantized to them, if XNNPACK does that for `product`s; null
/// otherwise. `note` says what is computed otherwise than asked, if anything.
mlir::Value quantizedAtRunTime(mlir::Value tensor, Product product,
                               std::string &note);

/// Why an operator that has no converter stays.
inline constexpr char kNoOperator[] = "XNNPACK has no such operator";

/// The limits of an activation; infinite where it has none.
struct Limits {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();

  bool finite() const {
    return min != -std::numeric_limits<float>::infinity() ||
           max != std::numeric_limits<float>::infinity();
  }
};

/// The limits of `op` if it is a clamp: relu, relu6, hardtanh, clamp,
/// clamp_min.
std::optional<Limits> clampLimits(mlir::Operation *op);

/// `limits` on the grid of `codes`: those that change no code are infinite, the
/// range of the codes is added where it is narrower than the datatype. None if
/// no two codes would be left.
std::optional<Limits> limitsOnGrid(Limits limits, const Codes &codes);

/// True if `value` is within `limits` by the ops that make it.
/// \param numMoves  how many ops that move data are looked through.
bool isWithin(mlir::Value value, Limits limits, int numMoves = 8);

/// Which xnn value stands for which tensor. Values are made where they are
/// first asked for and kept (of the builder only its place is used).
class ValueMap {
public:
  /// The f32 value of a float tensor: a constant, converted codes, or an
  /// entered tensor. Null if XNNPACK cannot hold it.
  mlir::Value floatValue(mlir::OpBuilder &builder, mlir::Value tensor);

  /// The value of a tensor of codes.
  mlir::Value codesValue(mlir::OpBuilder &builder, mlir::Value tensor,
                         const Codes &codes);

  /// `tensor` as a tensor, for an op that stays.
  mlir::Value asTensor(mlir::OpBuilder &builder, mlir::Value tensor);

  /// `value` (f32) quantized at run time, each row, pixel or image by its own
  /// range. One for all products that read it so.
  mlir::Value rowsValue(mlir::OpBuilder &builder, mlir::Value value,
                        RangeOf range);

  bool contains(mlir::Value tensor) const { return values.count(tensor); }
  void set(mlir::Value tensor, mlir::Value value) { values[tensor] = value; }

  /// `image` (NCHW) as NHWC, and back.
  mlir::Value toNhwc(mlir::OpBuilder &builder, mlir::Value image);
  mlir::Value toNchw(mlir::OpBuilder &builder, mlir::Value image);

  /// Before `ops`, which a conversion made, are erased.
  void forget(llvm::ArrayRef<mlir::Operation *> ops);

private:
  llvm::DenseMap<mlir::Value, mlir::Value> values;
  llvm::DenseMap<mlir::Value, mlir::Value> left;
  llvm::DenseMap<mlir::Value, mlir::Value> transposed;
  llvm::DenseMap<std::pair<mlir::Value, int>, mlir::Value> rows;
};

/// One aten op on its way to xnn ops: in codes if `codes` says which, else in
/// float.
class Conversion {
public:
  /// `loc` is that of the op, fused with those of the ops it takes in.
  Conversion(ValueMap &map, mlir::OpBuilder &builder, mlir::Location loc,
             mlir::Operation *op, std::optional<Codes> codes, Limits limits)
      : builder(builder), loc(loc), map(map), op(op), codes(codes),
        limits(limits) {}

  /// The float ops between codes and codes shall be one table: the codes are
  /// converted for this op alone, as the runtime wants it to collapse them.
  void makeTable(int64_t number) { table = number; }

  mlir::OpBuilder &builder;
  const mlir::Location loc;

  bool inCodes() const { return codes.has_value(); }
  const Codes &getCodes() const { return *codes; }

  /// The value of an operand: codes or float, as the op. Null, with a reason,
  /// if there is none.
  mlir::Value input(mlir::Value tensor);
  /// [N, C, H, W] as NHWC.
  mlir::Value imageInput(mlir::Value tensor);
  /// [N, C, L] as an image [N, 1, L, C].
  mlir::Value sequenceInput(mlir::Value tensor);

  /// The tensor that a product with the constant `weight` reads in place of
  /// `tensor`: the float tensor, if XNNPACK quantizes it at run time. Channels
  /// of the result are along `axis` of the weight.
  mlir::Value productInput(mlir::Value tensor, mlir::Value weight, int64_t axis,
                           Product product);
  /// `value`, in which a product takes it: `productInput` decided.
  mlir::Value quantizeRows(mlir::Value value, RangeOf range) {
    return isDynamic ? map.rowsValue(builder, value, range) : value;
  }

  /// The type of the result, with upper bounds `shape`.
  ValueType resultType(llvm::ArrayRef<int64_t> shape) const;
  /// The same with the shape of the op's result.
  ValueType resultType() const;
  ValueType imageResultType() const;
  mlir::Value toNchw(mlir::Value image) { return map.toNchw(builder, image); }
  mlir::Value toNhwc(mlir::Value image) { return map.toNhwc(builder, image); }

  /// The limits to fuse, as attributes (null: infinite); the caller takes over
  /// that they hold.
  struct LimitAttrs {
    mlir::FloatAttr min, max;
  };
  LimitAttrs takeLimits();
  /// The limits that no op has taken.
  Limits remainingLimits() const { return limits; }
  LimitAttrs limitAttrs(Limits limits);

  /// `value` (codes or float, as the op) within `limits`, on the grid of the
  /// result.
  mlir::Value clampTo(mlir::Value value, Limits limits);
  /// The same without limits: for ops that keep their input's grid.
  mlir::Value onResultGrid(mlir::Value value);

  /// A constant of one number, of shape [1].
  mlir::Value scalar(double number);
  mlir::Value constant(llvm::ArrayRef<float> numbers,
                       llvm::ArrayRef<int64_t> shape, llvm::StringRef name);

  mlir::Value unary(UnaryKind kind, mlir::Value input, ValueType type);
  /// Broadcasts; takes no limits.
  mlir::Value binary(BinaryKind kind, mlir::Value lhs, mlir::Value rhs,
                     ValueType type);
  /// A reshape; `shape` are upper bounds, `sizes` has kDynamic where run time
  /// decides. Null, with a reason, if there are several such sizes.
  mlir::Value reshape(mlir::Value input, llvm::ArrayRef<int64_t> sizes,
                      llvm::ArrayRef<int64_t> bounds);
  mlir::Value reshapeTo(mlir::Value input, mlir::RankedTensorType type);
  mlir::Value transpose(mlir::Value input, llvm::ArrayRef<int64_t> perm);

  /// Null; says why the op cannot become xnn ops.
  mlir::Value refuse(const llvm::Twine &why) {
    if (reason.empty())
      reason = why.str();
    return {};
  }
  const std::string &getReason() const { return reason; }

  /// What the op computes otherwise than asked.
  void note(const llvm::Twine &what) {
    if (notes.empty())
      notes = what.str();
  }
  const std::string &getNote() const { return notes; }
  /// A remark: what the op could have taken in, and why it does not.
  void missed(llvm::StringRef rule, const llvm::Twine &why) {
    remarks.emplace_back(rule, why.str());
  }
  llvm::ArrayRef<std::pair<llvm::StringRef, std::string>> getRemarks() const {
    return remarks;
  }
  /// How the op multiplies, if by codes with a float result.
  bool multipliesRows() const { return isDynamic; }
  bool multipliesCodes() const { return usesCodes; }
  void setMultipliesCodes() { usesCodes = true; }

private:
  ValueMap &map;
  mlir::Operation *op;
  std::optional<Codes> codes;
  Limits limits;
  std::optional<int64_t> table;
  std::string reason, notes;
  llvm::SmallVector<std::pair<llvm::StringRef, std::string>, 0> remarks;
  bool isDynamic = false, usesCodes = false;
};

/// Makes the xnn ops of an aten op of one result; null if it refused.
using Converter = std::function<mlir::Value(Conversion &, mlir::Operation *)>;

/// Converters by op name.
class Converters {
public:
  static const Converters &get();
  const Converter *lookup(mlir::Operation *op) const;

  template <typename Op>
  void add(mlir::Value (*convert)(Conversion &, Op)) {
    table[Op::getOperationName()] = [convert](Conversion &conversion,
                                              mlir::Operation *op) {
      return convert(conversion, mlir::cast<Op>(op));
    };
  }
  void add(llvm::StringRef op, Converter convert) {
    table[op] = std::move(convert);
  }

private:
  Converters();

  llvm::StringMap<Converter> table;
};

/// How many aten ops became what.
struct LoweringCounts {
  int64_t inCodes = 0, inFloat = 0, kept = 0;
  int64_t dynamic = 0, weightOnly = 0; ///< of those in float
  std::string lastReason; ///< why an op is kept, or in float between codes
};

/// Lowers a function of one block: what --convert-aten-to-xnn does.
/// \param isProbe  only the counts matter: there are no remarks.
LoweringCounts lowerToXnn(mlir::func::FuncOp function, bool isProbe = false);

// One for each file of converters.
void addConvolutions(Converters &converters);
void addLinear(Converters &converters);
void addElementwise(Converters &converters);
void addActivations(Converters &converters);
void addPooling(Converters &converters);
void addShape(Converters &converters);

/// A number of an aten op as double.
double toDouble(mlir::TypedAttr number);

/// `dim`, from the end if negative.
inline int64_t wrapDim(int64_t dim, int64_t rank) {
  return dim < 0 ? dim + rank : dim;
}

inline mlir::RankedTensorType tensorType(mlir::Value tensor) {
  return mlir::cast<mlir::RankedTensorType>(tensor.getType());
}
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return mlir::cast<ValueType>(value.getType()).getShape();
}

} // namespace pt2e::xnn

#endif // PT2E_LIB_XNNPACK_LOWERING_H
