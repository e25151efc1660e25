/// \file
/// What a quantizer sees of a program and says about it. The built-in
/// quantizers and those of plugins are written against this header alone; it
/// needs nothing but the C++17 library, so that a plugin survives a change of
/// compiler internals.
///
/// Ops and values are numbers; everything about them is asked of the `Graph`.
/// What a `Graph` returns by view or pointer lives as long as the graph.
#ifndef PT2E_QUANTIZERS_QUANTIZER_H
#define PT2E_QUANTIZERS_QUANTIZER_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace pt2e::quantizer {

/// The version of the interface: this header, Plugin.h and QuantizerRegistry.h.
/// Raised when a plugin that was built before would not fit: a virtual
/// function, a member or an enumerator that is new, gone or elsewhere.
constexpr uint32_t kApiVersion = 3;

/// A view of consecutive elements.
template <typename T>
class Array {
public:
  Array() = default;
  Array(const T *data, size_t size) : data_(data), size_(size) {}
  const T *begin() const { return data_; }
  const T *end() const { return data_ + size_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T &operator[](size_t i) const { return data_[i]; }

private:
  const T *data_ = nullptr;
  size_t size_ = 0;
};

/// An op. Numbers are dense and ascend in program order.
struct Op {
  uint32_t number;
  friend bool operator==(Op a, Op b) { return a.number == b.number; }
  friend bool operator!=(Op a, Op b) { return a.number != b.number; }
};

/// A tensor of the program: an input, a constant, or the result of an op.
struct Value {
  uint32_t number;
  friend bool operator==(Value a, Value b) { return a.number == b.number; }
  friend bool operator!=(Value a, Value b) { return a.number != b.number; }
};

/// One reading of a value.
struct Use {
  Op op;
  uint32_t operand;
};

/// The operands that one argument of an op has: `count` from `first` on.
struct OperandRange {
  uint32_t first = 0;
  uint32_t count = 0;
};

/// A module that an op was called in.
struct Module {
  std::string_view path; ///< "features.0"; empty for the root
  std::string_view type; ///< "torch.nn.modules.conv.Conv2d"
};

/// Where an op was written.
struct Source {
  std::string_view file; ///< may be empty
  uint32_t line = 0;
};

enum class ElementType : uint8_t { F32, F16, BF16, F64, Int, Bool, Other };

/// How codes map to real values, as in Numerics/QParams.h.
enum class Scheme : uint8_t {
  Symmetric, ///< zero point in the middle, `scale = max |x| / (width / 2)`
  Affine,    ///< the whole range is used
  SymmetricNoClippingError, ///< symmetric, the smallest scale that clips
                            ///< nothing
  AffineFloat,              ///< zero points are real numbers (embedding tables)
};

/// What a quantized tensor is kept as.
enum class Storage : uint8_t {
  Integer, ///< codes of `bits`, with scale and zero point
  F16,     ///< rounded to f16; nothing else of the spec counts
  BF16,    ///< rounded to bf16
};

/// How many neighbouring elements of each dimension share a scale; -1 is the
/// whole dimension. Empty: not said.
class Block {
public:
  static constexpr uint32_t kMaxRank = 8;

  Block() = default;
  Block(std::initializer_list<int64_t> list) {
    for (int64_t size : list)
      add(size);
  }
  /// Groups of `size` along the last dimension, as for a weight [N, K].
  static Block perGroup(uint32_t rank, int64_t size) {
    Block block = ofOnes(rank);
    if (rank > 0 && rank <= kMaxRank)
      block.sizes[rank - 1] = size;
    return block;
  }
  /// One scale for each row of the last dimension.
  static Block perToken(uint32_t rank) { return perGroup(rank, -1); }

  /// More than `kMaxRank` if there were too many sizes: no valid spec.
  uint32_t rank() const { return count; }
  bool empty() const { return count == 0; }
  int64_t operator[](uint32_t dim) const { return sizes[dim]; }
  void add(int64_t size) {
    if (count < kMaxRank)
      sizes[count] = size;
    if (count <= kMaxRank)
      ++count;
  }
  friend bool operator==(const Block &a, const Block &b) {
    return a.count == b.count && a.sizes == b.sizes;
  }
  friend bool operator!=(const Block &a, const Block &b) { return !(a == b); }

private:
  static Block ofOnes(uint32_t rank) {
    Block block;
    for (uint32_t i = 0; i < rank && i <= kMaxRank; ++i)
      block.add(1);
    return block;
  }

  uint32_t count = 0;
  std::array<int64_t, kMaxRank> sizes{};
};

/// How one operand or result is quantized. Plain data; the default is float.
/// A weight-only quantization is a static spec for the weight and none for the
/// rest.
///
/// A spec is verified when it is given to a graph: codes fit `bits` and hold 0,
/// `axis` and `block` fit the tensor, the observer exists and fits `axis`,
/// `block` and `scheme`.
struct Spec {
  enum class Kind : uint8_t {
    Float,   ///< not quantized
    Static,  ///< parameters from what `observer` saw
    Dynamic, ///< parameters computed at run time from the tensor itself
    Shared,  ///< the observer of another operand or result
    Fixed,   ///< `scale` and `zeroPoint` as given
    Derived, ///< of a bias: the product of the scales of operands `from`
  };
  enum class With : uint8_t {
    Operand,  ///< operand `index` of the same op
    Result,   ///< result `index` of the same op
    Producer, ///< of an operand: the result that it reads
  };
  Kind kind = Kind::Float;

  // Static, dynamic, fixed and derived.
  Storage storage = Storage::Integer; ///< floats: static only
  uint8_t bits = 8;                   ///< 2 to 16, or signed 32
  bool isSigned = true;
  int32_t quantMin = -128, quantMax = 127;

  // Static and dynamic.
  Scheme scheme = Scheme::Affine;
  /// The channel axis; -1 for one scale for the tensor, or as `block` says.
  int32_t axis = -1;
  Block block;
  /// Static: name of an observer of Numerics/Observer.h, and its arguments. The
  /// text must outlive the call that it is given to.
  std::string_view observer;
  float eps = 0;               ///< smallest scale; 0: the observer's default
  float averagingConstant = 0; ///< 0: the observer's default

  // Fixed.
  float scale = 0;
  int32_t zeroPoint = 0;

  // Shared.
  With with = With::Operand;
  uint32_t index = 0;

  // Derived: two operands of the same op, static or fixed, not derived.
  uint32_t from[2] = {0, 1};

  static Spec sharedWithOperand(uint32_t index) {
    return shared(With::Operand, index);
  }
  static Spec sharedWithResult(uint32_t index) {
    return shared(With::Result, index);
  }
  static Spec sharedWithProducer() { return shared(With::Producer, 0); }

  /// Codes of 8 bits, all in use, of this scale and zero point.
  static Spec fixed(float scale, int32_t zeroPoint, bool isSigned = true) {
    Spec spec;
    spec.kind = Kind::Fixed;
    if (!isSigned)
      spec.setCodes(false, 8, 0, 255);
    spec.scale = scale;
    spec.zeroPoint = zeroPoint;
    return spec;
  }
  /// A bias of 32 bits in units of the product of two operands' scales.
  static Spec derivedFrom(uint32_t operand, uint32_t other) {
    Spec spec;
    spec.kind = Kind::Derived;
    spec.setCodes(true, 32, INT32_MIN, INT32_MAX);
    spec.scheme = Scheme::Symmetric;
    spec.from[0] = operand;
    spec.from[1] = other;
    return spec;
  }
  /// A constant that is kept as f16 or bf16.
  static Spec stored(Storage storage) {
    Spec spec;
    spec.kind = Kind::Static;
    spec.storage = storage;
    return spec;
  }

  void setCodes(bool hasSign, uint8_t width, int32_t min, int32_t max) {
    isSigned = hasSign;
    bits = width;
    quantMin = min;
    quantMax = max;
  }

  /// True if codes of one are codes of the other.
  bool hasCodesOf(const Spec &other) const {
    return storage == other.storage && bits == other.bits &&
           isSigned == other.isSigned && quantMin == other.quantMin &&
           quantMax == other.quantMax && scheme == other.scheme &&
           axis == other.axis && block == other.block;
  }
  friend bool operator==(const Spec &a, const Spec &b) {
    return a.kind == b.kind && a.hasCodesOf(b) && a.observer == b.observer &&
           a.eps == b.eps && a.averagingConstant == b.averagingConstant &&
           a.scale == b.scale && a.zeroPoint == b.zeroPoint &&
           a.with == b.with && a.index == b.index && a.from[0] == b.from[0] &&
           a.from[1] == b.from[1];
  }
  friend bool operator!=(const Spec &a, const Spec &b) { return !(a == b); }

private:
  static Spec shared(With with, uint32_t index) {
    Spec spec;
    spec.kind = Kind::Shared;
    spec.with = with;
    spec.index = index;
    return spec;
  }
};

/// A program in functional form, to be annotated. Implemented by the compiler.
class Graph {
public:
  // -- Ops --------------------------------------------------------------
  virtual uint32_t numOps() const = 0;
  /// With namespace and overload: "aten::add.Tensor". Empty for what is no
  /// operator: the end of the program, reads and writes of buffers.
  virtual std::string_view schema(Op op) const = 0;
  /// Name in the exported graph.
  virtual std::string_view name(Op op) const = 0;
  /// The modules the op was called in, outermost first.
  virtual Array<Module> modules(Op op) const = 0;
  virtual Source source(Op op) const = 0;
  virtual Array<Value> operands(Op op) const = 0;
  virtual Array<Value> results(Op op) const = 0;

  // -- Arguments by their name in the schema; nothing if absent ----------
  virtual OperandRange tensors(Op op, std::string_view argument) const = 0;
  virtual std::optional<int64_t> integer(Op op,
                                         std::string_view argument) const = 0;
  /// A Scalar, float, int or bool argument.
  virtual std::optional<double> number(Op op,
                                       std::string_view argument) const = 0;
  virtual Array<int64_t> integers(Op op, std::string_view argument) const = 0;
  virtual std::optional<std::string_view>
  text(Op op, std::string_view argument) const = 0;

  // -- Values -------------------------------------------------------------
  virtual std::optional<Op> producer(Value value) const = 0;
  /// Each reading, in program order; an op that reads it twice is there twice.
  virtual Array<Use> users(Value value) const = 0;
  virtual ElementType elementType(Value value) const = 0;
  /// Sizes; -1 where dynamic.
  virtual Array<int64_t> shape(Value value) const = 0;
  virtual bool isConstant(Value value) const = 0;
  /// The elements of an f32 constant, row-major; empty for any other value.
  virtual Array<float> constantData(Value value) const = 0;

  // -- Annotations ----------------------------------------------------------
  /// True if a result or operand has been given a spec (Float is one).
  virtual bool isAnnotated(Op op) const = 0;
  /// What was said so far: Float if nothing.
  virtual Spec operandSpec(Op op, uint32_t operand) const = 0;
  virtual Spec resultSpec(Op op, uint32_t result) const = 0;
  virtual void annotateOperand(Op op, uint32_t operand, const Spec &spec) = 0;
  virtual void annotateResult(Op op, uint32_t result, const Spec &spec) = 0;
  /// The rule that annotated `op`, for reports: "conv2d_relu".
  virtual void setRule(Op op, std::string_view rule) = 0;
  /// The operands of `op` do not share observers with other uses of their
  /// values unless they say so.
  virtual void forbidImplicitSharing(Op op) = 0;
  /// Why `op` stays float: a code in kebab case, and a sentence.
  virtual void refuse(Op op, std::string_view code,
                      std::string_view reason) = 0;
  /// Tells the user something about the program as a whole.
  virtual void warn(std::string_view message) = 0;
  /// Ends the compilation with an error about the program as a whole.
  virtual void fail(std::string_view message) = 0;
  /// Ends the compilation with an error at `op`.
  virtual void fail(Op op, std::string_view message) = 0;

protected:
  ~Graph() = default;
};

/// A group of annotated operands and results that share one observer. Numbers
/// are dense.
struct Site {
  uint32_t number;
  friend bool operator==(Site a, Site b) { return a.number == b.number; }
  friend bool operator!=(Site a, Site b) { return a.number != b.number; }
};

/// An annotated operand or result.
struct Edge {
  Op op;
  uint32_t index;
  bool isResult;
};

/// The sites that follow from the annotations of a graph, to be looked at and
/// changed. Implemented by the compiler.
class Sites {
public:
  virtual uint32_t numSites() const = 0;
  /// In program order; none of a site that was merged into another.
  virtual Array<Edge> edges(Site site) const = 0;
  /// Never `Shared`.
  virtual Spec spec(Site site) const = 0;
  /// Float: the edges are not quantized.
  virtual void setSpec(Site site, const Spec &spec) = 0;
  /// Moves the edges of `other` to `site`, which has the same spec: sites of
  /// two specs are an error, `setSpec` makes them one.
  virtual void merge(Site site, Site other) = 0;
  /// Moves some edges of `site` to a new one with the same spec.
  virtual Site split(Site site, Array<Edge> edges) = 0;

protected:
  ~Sites() = default;
};

/// Decides what is quantized and how, by annotating a graph.
class Quantizer {
public:
  virtual ~Quantizer() = default;
  virtual std::string_view name() const = 0;
  virtual void annotate(Graph &graph) = 0;
  /// Called when everything is annotated; most quantizers have nothing to say.
  virtual void prepare(Graph &graph, Sites &sites) {}
};

} // namespace pt2e::quantizer

#endif // PT2E_QUANTIZERS_QUANTIZER_H
