/// \file
/// Tensors that alias and change, as values that do neither.
///
/// An exported graph names tensor objects: several may view one storage, and
/// in-place operators write through. Here each storage has a current value, and
/// each tensor object is the chain of view ops that leads from that value to
/// it. A write scatters the new value back along the chain; an object that is
/// read after its storage changed replays its chain.
#ifndef PT2E_LIB_IMPORT_FUNCTIONALIZER_H
#define PT2E_LIB_IMPORT_FUNCTIONALIZER_H

#include <deque>
#include <string>

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace pt2e {

/// Memory that tensor objects share.
struct AliasedStorage {
  enum class Kind { Temporary, Weight, UserInput, NestedOperand };

  Kind kind = Kind::Temporary;
  std::string name;        ///< of a weight or an input
  mlir::Value value;       ///< current content
  unsigned generation = 0; ///< counts the writes
  /// What makes it unclear which objects share this memory; "" if nothing.
  std::string uncertainty;

  bool isWritten() const { return generation > 0; }
};

/// A view op: `result` of `op`, whose first operand is the viewed tensor.
struct ViewStep {
  mlir::Operation *op = nullptr;
  unsigned result = 0;
};

/// A tensor of the exported graph. Several names may stand for one object.
struct TensorObject {
  AliasedStorage *storage = nullptr;
  std::vector<ViewStep> steps; ///< from the storage's value to this
  mlir::Value value;           ///< as of `generation` of the storage
  unsigned generation = 0;
};

class Functionalizer {
public:
  /// A tensor with memory of its own.
  TensorObject *
  create(mlir::Value value,
         AliasedStorage::Kind kind = AliasedStorage::Kind::Temporary,
         llvm::StringRef name = "");
  /// A view of `base`, made by `result` of `op` from the value of `base`.
  TensorObject *createView(const TensorObject &base, mlir::Operation *op,
                           unsigned result);
  /// `base` itself turned into a view of what it was (`t_`, `squeeze_`).
  void changeView(TensorObject &base, mlir::Operation *op);

  /// The value of `object` now.
  mlir::Value read(mlir::OpBuilder &builder, TensorObject &object);

  /// Gives the elements of `object` new values, of its type.
  ///
  /// Fails, after an error at `loc`, if a view op on the way cannot be written
  /// through, or if it is not certain what else the write changes.
  llvm::LogicalResult write(mlir::OpBuilder &builder, mlir::Location loc,
                            TensorObject &object, mlir::Value value);

private:
  /// The values along the chain: the storage's first, the object's last.
  llvm::SmallVector<mlir::Value> replay(mlir::OpBuilder &builder,
                                        const TensorObject &object);

  std::deque<AliasedStorage> storages;
  std::deque<TensorObject> objects;
};

/// `value` in the shape of `like`, which has as many elements.
mlir::Value reshapeLike(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value value, mlir::Value like);

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_FUNCTIONALIZER_H
