//===- ConvertToEt.cpp - Turn what stays into kernel calls ----------------===//

#include "KernelForms.h"
#include "Lowering.h"
#include "QuantizedKernels.h"
#include "dialects/Aten/Constants.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Aten/Schema.h"
#include "dialects/Et/Kernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "pt2e/Xnnpack/Passes.h"

namespace pt2e {
#define GEN_PASS_DEF_CONVERTTOETPASS
#include "pt2e/Xnnpack/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;
using Kind = aten::SchemaArgument::Kind;

namespace {
/// The operands and arguments of a kernel call as they are gathered.
struct Call {
  SmallVector<Value> inputs;
  SmallVector<Attribute> arguments;

  void addTensor(MLIRContext *context, Value tensor) {
    arguments.push_back(et::OperandAttr::get(context, inputs.size()));
    inputs.push_back(tensor);
  }
};

class Converter {
public:
  explicit Converter(ModuleOp module)
      : builder(module.getContext()), context(module.getContext()) {
    for (auto site : module.getOps<SiteOp>())
      siteNumbers[site.getSymNameAttr()] = siteNumbers.size();
  }

  LogicalResult convert(func::FuncOp function) {
    // Forms put new ops in front of the one they replace: look at those next.
    Block &block = function.getBody().front();
    for (Operation *op = block.empty() ? nullptr : &block.front(); op;) {
      Operation *before = op->getPrevNode();
      Operation *after = op->getNextNode();
      builder.setInsertionPoint(op);
      const FailureOr<bool> rewritten = convert(op);
      if (failed(rewritten))
        return failure();
      op = !*rewritten ? after
           : before    ? before->getNextNode()
                       : &block.front();
    }
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
    return success();
  }

private:
  /// True if `op` became other aten ops, which are to be converted.
  FailureOr<bool> convert(Operation *op) {
    if (isa<aten::ParameterOp, aten::ReadBufferOp, aten::WriteBufferOp>(op))
      return false;
    if (isOpTriviallyDead(op)) {
      op->erase();
      return false;
    }
    if (auto observe = dyn_cast<ObserveOp>(op))
      return convertObserve(observe);
    if (auto size = dyn_cast<aten::SymSizeOp>(op))
      return convertSize(size);
    if (auto choose = dyn_cast<ChooseQParamsOp>(op))
      return convertChoice(choose);
    if (auto dequantize = dyn_cast<DequantizeOp>(op);
        dequantize && aten::constantOf(dequantize.getInput()))
      return convertConstantCodes(dequantize);
    if (isa<QuantizeOp, DequantizeOp>(op))
      return convertCodes(op);
    if (auto cast = dyn_cast<aten::ToDtypeOp>(op); cast && lookUpFirst(cast))
      return false;
    if (auto embedding = dyn_cast<aten::EmbeddingOp>(op)) {
      if (et::CallKernelOp call = callEmbeddingKernel(builder, embedding)) {
        op->replaceAllUsesWith(call);
        op->erase();
        return false;
      }
      if (narrowTable(embedding))
        return true;
    }
    if (isa<arith::ArithDialect>(op->getDialect()))
      return convertInteger(op);
    if (isa<aten::AtenDialect>(op->getDialect()))
      return convertOperator(op);
    return false;
  }

  FailureOr<bool> replace(Operation *op, StringRef kernel, Call call) {
    auto made = et::CallKernelOp::create(
        builder, op->getLoc(), op->getResultTypes(), kernel, call.inputs,
        builder.getArrayAttr(call.arguments));
    for (StringRef why : {"xnn.kept", "xnn.float"})
      if (Attribute attribute = op->getAttr(why))
        made->setAttr(why, attribute);
    op->replaceAllUsesWith(made->getResults());
    op->erase();
    return false;
  }

  FailureOr<bool> convertObserve(ObserveOp op) {
    Call call;
    call.addTensor(context, op.getInput());
    call.arguments.push_back(builder.getI64IntegerAttr(
        siteNumbers.lookup(op.getSiteAttr().getAttr())));
    auto nothing = RankedTensorType::get({0}, builder.getF32Type());
    auto made = et::CallKernelOp::create(
        builder, op.getLoc(), TypeRange(nothing), "pt2e::observe.out",
        call.inputs, builder.getArrayAttr(call.arguments));
    made->setAttr("pt2e.site", op.getSiteAttr());
    op.getResult().replaceAllUsesWith(op.getInput());
    op.erase();
    return false;
  }

  FailureOr<bool> convertSize(aten::SymSizeOp op) {
    Call call;
    call.addTensor(context, op.getSelf());
    call.arguments.push_back(builder.getI64IntegerAttr(op.getDim()));
    return replace(op, "aten::sym_size.int", std::move(call));
  }

  /// An integer operand: a number if it is known.
  void addInteger(Call &call, Value integer) {
    if (auto constant = integer.getDefiningOp<arith::ConstantOp>())
      call.arguments.push_back(constant.getValue());
    else
      call.addTensor(context, integer);
  }

  /// A table that is kept in fewer bits is cast row by row, as the rows are
  /// looked up. True if `op`, a cast of a constant, was for nothing else.
  bool lookUpFirst(aten::ToDtypeOp op) {
    const auto looksUp = [&](Operation *user) {
      return isa<aten::EmbeddingOp>(user) &&
             user->getOperand(1) != op.getResult();
    };
    if (!aten::constantOf(op.getSelf()) ||
        !llvm::all_of(op->getUsers(), looksUp))
      return false;
    auto narrow = cast<RankedTensorType>(op.getSelf().getType());
    for (Operation *user : llvm::make_early_inc_range(op->getUsers())) {
      OpBuilder after(user->getContext());
      after.setInsertionPointAfter(user);
      OpResult rows = user->getResult(0);
      auto wide = cast<RankedTensorType>(rows.getType());
      user->setOperand(0, op.getSelf());
      rows.setType(wide.clone(narrow.getElementType()));
      auto numbers = aten::ToDtypeOp::create(after, user->getLoc(), wide, rows,
                                             wide.getElementType());
      rows.replaceAllUsesExcept(numbers, numbers);
    }
    op.erase();
    return true;
  }

  /// A table of f32 numbers that f16 has, all of them, is kept so, as weights
  /// of products are. True if it was not.
  bool narrowTable(aten::EmbeddingOp op) {
    auto table = op.getWeight().getDefiningOp<aten::ParameterOp>();
    if (!table)
      return false;
    const std::string name = table.getName().str();
    const ElementsAttr narrow = xnn::narrowIfExact(table.getValue(), name);
    if (narrow == table.getValue())
      return false;
    Value halves =
        aten::ParameterOp::create(builder, table.getLoc(), name, narrow);
    Value wide = aten::ToDtypeOp::create(
        builder, op.getLoc(), op.getWeight().getType(), halves,
        xnn::tensorType(op.getWeight()).getElementType());
    op.getWeightMutable().assign(wide);
    return lookUpFirst(wide.getDefiningOp<aten::ToDtypeOp>());
  }

  FailureOr<bool> convertInteger(Operation *op) {
    if (isa<arith::ConstantOp>(op))
      return false; // a constant tensor, or a number that calls name
    const StringRef kernel =
        TypeSwitch<Operation *, StringRef>(op)
            .Case([](arith::AddIOp) { return "executorch_prim::add.Scalar"; })
            .Case([](arith::SubIOp) { return "executorch_prim::sub.Scalar"; })
            .Case([](arith::MulIOp) { return "executorch_prim::mul.Scalar"; })
            .Case([](arith::FloorDivSIOp) {
              return "executorch_prim::floordiv.Scalar";
            })
            .Case([](arith::MaxSIOp) {
              return "executorch_prim::sym_max.Scalar";
            })
            .Case([](arith::MinSIOp) {
              return "executorch_prim::sym_min.Scalar";
            })
            .Default([](Operation *) { return ""; });
    if (kernel.empty())
      return op->emitOpError("has no kernel: ") << aten::describe(op->getLoc());
    Call call;
    for (Value operand : op->getOperands())
      addInteger(call, operand);
    return replace(op, kernel, std::move(call));
  }

  FailureOr<bool> convertChoice(ChooseQParamsOp op) {
    et::CallKernelOp call = callChooseKernel(builder, op);
    if (!call)
      return op.emitOpError("expected one affine range of 8-bit codes for the "
                            "tensor or each row to choose outside XNNPACK, but "
                            "got ")
             << op.getEncoding() << ": " << aten::describe(op.getLoc());
    chosen[op.getScale()] = call;
    return false; // dead once its users are converted
  }

  /// Codes that embedding kernels read stay; others become numbers.
  FailureOr<bool> convertConstantCodes(DequantizeOp op) {
    if (hasEmbeddingKernel(op))
      return false;
    auto numbers = xnn::constantFloats(op.getResult());
    if (!numbers)
      return op.emitOpError("expected constant codes of known scales to f32, "
                            "but got ")
             << op.getEncoding() << ": " << aten::describe(op.getLoc());
    std::string name = "dequantized";
    if (auto parameter = op.getInput().getDefiningOp<aten::ParameterOp>())
      name = parameter.getName().str();
    missed(op.getLoc(), "execute", "KeepCodes",
           "no kernel reads these codes of " + name + ": they become " +
               Twine(op.getType().getNumElements()) + " f32 numbers");
    for (Operation *user : op->getUsers())
      if (!user->hasAttr("xnn.kept"))
        user->setAttr("xnn.kept",
                      builder.getStringAttr("no kernel reads these codes: "
                                            "computed in f32 with the numbers "
                                            "that they stand for"));
    auto parameter = aten::ParameterOp::create(
        builder, op.getLoc(), name,
        xnn::floatConstant(context, *numbers, op.getType().getShape(), name));
    op.getResult().replaceAllUsesWith(parameter);
    op.erase();
    return false;
  }

  /// A quantize or dequantize that XNNPACK does not run.
  FailureOr<bool> convertCodes(Operation *op) {
    if (et::CallKernelOp known = chosen.lookup(op->getOperand(1))) {
      et::CallKernelOp call = callDynamicKernel(builder, op, known);
      op->replaceAllUsesWith(call);
      op->erase();
      return false;
    }
    et::CallKernelOp call = callStaticKernel(builder, op);
    if (!call)
      return op->emitOpError("expected codes of one known scale and zero point "
                             "to quantize outside XNNPACK, but got ")
             << op->getAttr("encoding") << ": " << aten::describe(op->getLoc());
    for (StringRef why : {"xnn.kept", "xnn.float"})
      if (Attribute attribute = op->getAttr(why))
        call->setAttr(why, attribute);
    op->replaceAllUsesWith(call);
    op->erase();
    return false;
  }

  FailureOr<bool> convertOperator(Operation *op) {
    const std::string name = aten::schemaName(op);
    const aten::Schema *schema = aten::lookupSchema(name);
    const et::Kernel *kernel = schema ? et::kernelOf(*schema) : nullptr;
    // A copy changes nothing here, though there is a kernel.
    if ((name == "aten::clone" || name == "aten::lift_fresh_copy") &&
        op->getOperand(0).getType() == op->getResult(0).getType()) {
      op->replaceAllUsesWith(op->getOperands());
      op->erase();
      return false;
    }
    if (!kernel && rewriteForKernels(builder, op))
      return true;
    if (!kernel) {
      InFlightDiagnostic error = op->emitError("no kernel for ");
      error << name << ": " << aten::describe(op->getLoc());
      if (auto why = op->getAttrOfType<StringAttr>("xnn.kept"))
        error << "; XNNPACK does not run it: " << why.getValue();
      return error;
    }
    Call call;
    SmallVector<Value> symbols =
        llvm::to_vector_of<Value>(aten::symbolOperands(op));
    ArrayRef<Value> unread = symbols;
    for (const aten::SchemaArgument &argument : kernel->arguments)
      if (failed(addArgument(op, *schema, argument, call, unread)))
        return failure();
    return replace(op, kernel->name, std::move(call));
  }

  LogicalResult addArgument(Operation *op, const aten::Schema &schema,
                            const aten::SchemaArgument &argument, Call &call,
                            ArrayRef<Value> &symbols) {
    if (argument.kind == Kind::Tensor) {
      addTensors(op, argument, call);
      return success();
    }
    Attribute value = schema.find(argument.name)
                          ? aten::attributeArgument(op, argument.name)
                          : aten::defaultValue(context, argument);
    if (!value && !argument.isOptional)
      value = aten::defaultValue(context, argument);
    if (!value || argument.kind == Kind::Placement) {
      call.arguments.push_back(builder.getUnitAttr());
      return success();
    }
    if (auto type = dyn_cast<TypeAttr>(value)) {
      std::optional<int64_t> code = scalarType(type.getValue());
      if (!code)
        return op->emitError("expected an element type of the runtime, but "
                             "got ")
               << type.getValue() << ": " << aten::describe(op->getLoc());
      call.arguments.push_back(builder.getI64IntegerAttr(*code));
      return success();
    }
    if (auto integer = dyn_cast<IntegerAttr>(value)) {
      if (integer.getType().isInteger(64) && integer.getInt() == INT64_MIN &&
          !symbols.empty()) {
        addInteger(call, symbols.front());
        symbols = symbols.drop_front();
        return success();
      }
      if (argument.kind == Kind::Float)
        value = builder.getF64FloatAttr(integer.getInt());
    } else if (auto real = dyn_cast<FloatAttr>(value)) {
      value = builder.getF64FloatAttr(real.getValueAsDouble());
    } else if (auto list = dyn_cast<DenseI64ArrayAttr>(value)) {
      SmallVector<int64_t> integers(list.asArrayRef());
      for (int64_t &integer : integers) {
        if (integer != INT64_MIN || symbols.empty())
          continue;
        APInt known;
        if (matchPattern(symbols.front(), m_ConstantInt(&known)))
          integer = known.getSExtValue();
        else
          call.inputs.push_back(symbols.front());
        symbols = symbols.drop_front();
      }
      value = builder.getDenseI64ArrayAttr(integers);
    }
    call.arguments.push_back(value);
    return success();
  }

  void addTensors(Operation *op, const aten::SchemaArgument &argument,
                  Call &call) {
    OperandRange tensors = aten::tensorArgument(op, argument.name);
    if (!argument.isList) {
      if (tensors.empty())
        call.arguments.push_back(builder.getUnitAttr());
      else
        call.addTensor(context, tensors.front());
      return;
    }
    SmallVector<int64_t> indices;
    auto present = dyn_cast_or_null<DenseBoolArrayAttr>(
        aten::attributeArgument(op, argument.name));
    size_t next = 0;
    for (size_t i = 0, e = present ? present.size() : tensors.size(); i < e;
         ++i) {
      if (present && !present[i]) {
        indices.push_back(-1);
        continue;
      }
      indices.push_back(call.inputs.size());
      call.inputs.push_back(tensors[next++]);
    }
    call.arguments.push_back(et::TensorListAttr::get(
        context, builder.getDenseI64ArrayAttr(indices), argument.isOptional));
  }

  OpBuilder builder;
  MLIRContext *context;
  DenseMap<Attribute, int64_t> siteNumbers;
  /// By the scale that they stand for.
  DenseMap<Value, et::CallKernelOp> chosen;
};

struct ConvertToEtPass : pt2e::impl::ConvertToEtPassBase<ConvertToEtPass> {
  void runOnOperation() override {
    Converter converter(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isDeclaration() && !function->hasAttr("xnn.delegate") &&
          failed(converter.convert(function)))
        return signalPassFailure();
  }
};
} // namespace
