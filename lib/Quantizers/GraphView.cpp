#include "GraphView.h"

#include <cmath>

#include "SpecAttributes.h"
#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Remarks.h"
#include "dialects/Aten/Schema.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace pt2e;

namespace q = pt2e::quantizer;

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

GraphView::GraphView(func::FuncOp function) : function(function) {
  for (Operation &op : function.getOps())
    if (!op.hasTrait<OpTrait::ConstantLike>())
      addOp(&op);
}

q::Value GraphView::addValue(Value value) {
  auto [it, isNew] = numbers.try_emplace(value, values.size());
  if (!isNew)
    return {it->second};
  Tensor tensor;
  tensor.value = value;
  if (auto type = dyn_cast<RankedTensorType>(value.getType()))
    for (int64_t size : type.getShape())
      tensor.shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
  if (ElementsAttr constant = aten::constantOf(value))
    if (FailureOr<aten::ConstantData> data = aten::constantData(constant);
        succeeded(data))
      tensor.constant = std::move(*data);
  values.push_back(std::move(tensor));
  return {it->second};
}

void GraphView::addOp(Operation *op) {
  const q::Op id{static_cast<uint32_t>(nodes.size())};
  Node &node = nodes.emplace_back();
  node.op = op;
  opNumbers[op] = id.number;
  node.schema = aten::schemaName(op);
  if (!aten::lookupSchema(node.schema))
    node.schema.clear();
  node.provenance = aten::getProvenance(op->getLoc());
  for (const aten::ModuleEntry &module : node.provenance.modules)
    node.modules.push_back({module.path, module.type});
  for (auto [index, value] : llvm::enumerate(op->getOperands())) {
    const q::Value operand = addValue(value);
    node.operands.push_back(operand);
    values[operand.number].users.push_back({id, static_cast<uint32_t>(index)});
  }
  for (Value value : op->getResults()) {
    const q::Value result = addValue(value);
    node.results.push_back(result);
    values[result.number].producer = id;
  }
  node.operandEntries.resize(node.operands.size());
  node.resultEntries.resize(node.results.size());
  if (auto known = op->getAttrOfType<AnnotationAttr>(kAnnotation)) {
    node.operandEntries = known.getOperands().getValue().vec();
    node.resultEntries = known.getResults().getValue().vec();
    node.rule = known.getRule().str();
    node.implicitSharing = known.getImplicitSharing();
  }
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

std::string_view GraphView::schema(q::Op op) const {
  return nodes[op.number].schema;
}

std::string_view GraphView::name(q::Op op) const {
  return nodes[op.number].provenance.name;
}

q::Array<q::Module> GraphView::modules(q::Op op) const {
  const Node &node = nodes[op.number];
  return {node.modules.data(), node.modules.size()};
}

q::Source GraphView::source(q::Op op) const {
  const aten::Provenance &provenance = nodes[op.number].provenance;
  return {provenance.file, provenance.line};
}

q::Array<q::Value> GraphView::operands(q::Op op) const {
  const Node &node = nodes[op.number];
  return {node.operands.data(), node.operands.size()};
}

q::Array<q::Value> GraphView::results(q::Op op) const {
  const Node &node = nodes[op.number];
  return {node.results.data(), node.results.size()};
}

q::OperandRange GraphView::tensors(q::Op op, std::string_view argument) const {
  const Node &node = nodes[op.number];
  if (node.schema.empty())
    return {};
  const OperandRange range = aten::tensorArgument(node.op, argument);
  if (range.empty())
    return {};
  return {range.getBeginOperandIndex(), static_cast<uint32_t>(range.size())};
}

std::optional<int64_t> GraphView::integer(q::Op op,
                                          std::string_view argument) const {
  auto value = dyn_cast_or_null<IntegerAttr>(
      aten::attributeArgument(nodes[op.number].op, argument));
  if (!value)
    return std::nullopt;
  return value.getValue().getSExtValue();
}

std::optional<double> GraphView::number(q::Op op,
                                        std::string_view argument) const {
  const Attribute value =
      aten::attributeArgument(nodes[op.number].op, argument);
  if (auto real = dyn_cast_or_null<FloatAttr>(value))
    return real.getValueAsDouble();
  if (auto boolean = dyn_cast_or_null<BoolAttr>(value))
    return boolean.getValue() ? 1 : 0;
  if (auto whole = dyn_cast_or_null<IntegerAttr>(value))
    return static_cast<double>(whole.getValue().getSExtValue());
  return std::nullopt;
}

q::Array<int64_t> GraphView::integers(q::Op op,
                                      std::string_view argument) const {
  auto list = dyn_cast_or_null<DenseI64ArrayAttr>(
      aten::attributeArgument(nodes[op.number].op, argument));
  if (!list)
    return {};
  return {list.asArrayRef().data(), static_cast<size_t>(list.size())};
}

std::optional<std::string_view>
GraphView::text(q::Op op, std::string_view argument) const {
  auto value = dyn_cast_or_null<StringAttr>(
      aten::attributeArgument(nodes[op.number].op, argument));
  if (!value)
    return std::nullopt;
  return std::string_view(value.getValue());
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

std::optional<q::Op> GraphView::producer(q::Value value) const {
  return values[value.number].producer;
}

q::Array<q::Use> GraphView::users(q::Value value) const {
  const Tensor &tensor = values[value.number];
  return {tensor.users.data(), tensor.users.size()};
}

q::ElementType GraphView::elementType(q::Value value) const {
  auto type = dyn_cast<RankedTensorType>(values[value.number].value.getType());
  if (!type)
    return q::ElementType::Other;
  const Type element = type.getElementType();
  if (element.isF32())
    return q::ElementType::F32;
  if (element.isF16())
    return q::ElementType::F16;
  if (element.isBF16())
    return q::ElementType::BF16;
  if (element.isF64())
    return q::ElementType::F64;
  if (element.isInteger(1))
    return q::ElementType::Bool;
  return isa<IntegerType>(element) ? q::ElementType::Int
                                   : q::ElementType::Other;
}

q::Array<int64_t> GraphView::shape(q::Value value) const {
  const Tensor &tensor = values[value.number];
  return {tensor.shape.data(), tensor.shape.size()};
}

bool GraphView::isConstant(q::Value value) const {
  return values[value.number].constant.has_value();
}

q::Array<float> GraphView::constantData(q::Value value) const {
  const Tensor &tensor = values[value.number];
  if (!tensor.constant || elementType(value) != q::ElementType::F32)
    return {};
  const ArrayRef<float> elements = tensor.constant->as<float>();
  return {elements.data(), elements.size()};
}

//===----------------------------------------------------------------------===//
// Annotations
//===----------------------------------------------------------------------===//

bool GraphView::isAnnotated(q::Op op) const {
  const Node &node = nodes[op.number];
  auto isSaid = [](Attribute entry) { return static_cast<bool>(entry); };
  return llvm::any_of(node.operandEntries, isSaid) ||
         llvm::any_of(node.resultEntries, isSaid);
}

q::Spec GraphView::operandSpec(q::Op op, uint32_t operand) const {
  return specOf(nodes[op.number].operandEntries[operand]);
}

q::Spec GraphView::resultSpec(q::Op op, uint32_t result) const {
  return specOf(nodes[op.number].resultEntries[result]);
}

void GraphView::annotate(q::Op op, Attribute &entry, Type type,
                         const q::Spec &spec) {
  if (spec.kind != q::Spec::Kind::Float) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor ||
        !isa<Float32Type, Float16Type, BFloat16Type>(tensor.getElementType()))
      return fail(op, "expected a tensor of f32, f16 or bf16 to quantize");
  }
  Operation *where = nodes[op.number].op;
  MLIRContext *context = where->getContext();
  std::string problem;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    problem = diagnostic.str();
    return success();
  });
  Attribute attribute = attributeOf(
      context, spec, [&] { return mlir::emitError(where->getLoc()); });
  if (!attribute)
    return fail(op, problem);
  entry = attribute;
}

void GraphView::annotateOperand(q::Op op, uint32_t operand,
                                const q::Spec &spec) {
  Node &node = nodes[op.number];
  annotate(op, node.operandEntries[operand],
           node.op->getOperand(operand).getType(), spec);
}

void GraphView::annotateResult(q::Op op, uint32_t result, const q::Spec &spec) {
  Node &node = nodes[op.number];
  annotate(op, node.resultEntries[result], node.op->getResult(result).getType(),
           spec);
}

void GraphView::setRule(q::Op op, std::string_view rule) {
  nodes[op.number].rule = rule;
}

void GraphView::forbidImplicitSharing(q::Op op) {
  nodes[op.number].implicitSharing = false;
}

void GraphView::refuse(q::Op op, std::string_view code,
                       std::string_view reason) {
  nodes[op.number].refusalCode = code;
  nodes[op.number].refusal = reason;
}

void GraphView::warn(std::string_view message) {
  emitWarning(function.getLoc()) << StringRef(message);
}

void GraphView::fail(std::string_view message) {
  emitError(function.getLoc()) << StringRef(message);
  failed = true;
}

void GraphView::fail(q::Op op, std::string_view message) {
  auto known = llvm::find_if(
      problems, [&](const auto &problem) { return problem.first == message; });
  if (known == problems.end())
    known = problems.insert(known, {std::string(message), {}});
  known->second.push_back(nodes[op.number].op->getLoc());
  failed = true;
}

LogicalResult GraphView::tellProblems() {
  for (const auto &[message, places] : problems) {
    InFlightDiagnostic error = mlir::emitError(places.front());
    error << message << " (annotating " << aten::describe(places.front());
    if (places.size() > 1)
      error << ", and " << places.size() - 1 << " more";
    error << ")";
  }
  problems.clear();
  return failure(failed);
}

LogicalResult GraphView::commit() {
  if (mlir::failed(tellProblems()))
    return failure();
  MLIRContext *context = function.getContext();
  Builder builder(context);
  auto entries = [&](ArrayRef<Attribute> list) {
    return builder.getArrayAttr(
        llvm::map_to_vector(list, [&](Attribute entry) -> Attribute {
          return entry ? entry : builder.getUnitAttr();
        }));
  };
  for (auto [index, node] : llvm::enumerate(nodes)) {
    if (isAnnotated({static_cast<uint32_t>(index)})) {
      node.op->setAttr(kAnnotation, AnnotationAttr::get(
                                        context, entries(node.operandEntries),
                                        entries(node.resultEntries),
                                        builder.getStringAttr(node.rule),
                                        node.implicitSharing));
      node.op->removeAttr(kKeptFloat);
    } else if (!node.refusalCode.empty()) {
      missed(node.op->getLoc(), "annotate", node.refusalCode, node.refusal);
      node.op->setAttr(
          kKeptFloat, builder.getDictionaryAttr(
                          {builder.getNamedAttr(
                               "code", builder.getStringAttr(node.refusalCode)),
                           builder.getNamedAttr("reason", builder.getStringAttr(
                                                              node.refusal))}));
    }
  }
  return success();
}
