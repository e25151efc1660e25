#include "pt2e/Driver/Report.h"

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Aten/Schema.h"
#include "dialects/Et/Et.h"
#include "dialects/Pt2e/Pt2e.h"
#include "dialects/Xnn/Xnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "pt2e/Numerics/Observer.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "pt2e/Runtime/Version.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"

using namespace mlir;

namespace pt2e {

namespace {
/// Every name of the exported graph in `loc`: of a fused op, all its parts'.
SmallVector<StringRef> exportedNames(Location loc) {
  SmallVector<StringRef> names;
  loc->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part))
      names.push_back(named.getName());
    return WalkResult::advance();
  });
  return names;
}

/// Multiplications of an op's inputs with weights or with each other.
uint64_t countMultiplyAdds(Operation *op) {
  auto elements = [](Value value) {
    uint64_t count = 1;
    for (int64_t size : cast<xnn::ValueType>(value.getType()).getShape())
      count *= size;
    return count;
  };
  auto lastSizes = [](Value filter, size_t count) {
    uint64_t product = 1;
    for (int64_t size :
         cast<xnn::ValueType>(filter.getType()).getShape().take_back(count))
      product *= size;
    return product;
  };
  return llvm::TypeSwitch<Operation *, uint64_t>(op)
      .Case([&](xnn::Conv2dOp conv) {
        return elements(conv.getOutput()) * lastSizes(conv.getFilter(), 3);
      })
      .Case([&](xnn::ConvTranspose2dOp conv) {
        return elements(conv.getInput()) * elements(conv.getFilter()) /
               std::max<int64_t>(1, lastSizes(conv.getInput(), 1));
      })
      .Case([&](xnn::DepthwiseConv2dOp conv) {
        return elements(conv.getOutput()) * lastSizes(conv.getFilter(), 3) /
               lastSizes(conv.getFilter(), 1);
      })
      .Case([&](xnn::FullyConnectedOp linear) {
        return elements(linear.getOutput()) * lastSizes(linear.getFilter(), 1);
      })
      .Case([&](xnn::BatchMatrixMultiplyOp product) {
        return elements(product.getOutput()) * lastSizes(product.getLhs(), 1);
      })
      .Default([](Operation *) { return 0; });
}

/// The float ops between codes and `convert`, if XNNPACK makes one table of
/// them: functions of one value, each read by the next alone.
SmallVector<Operation *> tableOps(xnn::ConvertOp convert) {
  SmallVector<Operation *> ops;
  if (!convert.getOutput().getType().isQuantized8())
    return ops;
  Value value = convert.getInput();
  while (Operation *op = value.getDefiningOp()) {
    if (auto from = dyn_cast<xnn::ConvertOp>(op)) {
      if (from.getInput().getType().isQuantized8())
        return ops;
      break;
    }
    if (!op->hasOneUse())
      break;
    if (auto binary = dyn_cast<xnn::BinaryElementwiseOp>(op)) {
      if (!binary.getRhs().getDefiningOp<xnn::ConstantOp>())
        break;
    } else if (!isa<xnn::UnaryElementwiseOp, xnn::ClampOp>(op)) {
      break;
    }
    ops.push_back(op);
    value = op->getOperand(0);
  }
  return {};
}

/// The ops that multiply by weights in codes, with those before and behind
/// that compute the same op of the program.
llvm::DenseSet<Operation *> codesProducts(ModuleOp module) {
  llvm::DenseSet<Operation *> products;
  SmallVector<Operation *> worklist;
  auto add = [&](Operation *op) {
    if (!isa<xnn::ConstantOp, xnn::EnterOp, xnn::LeaveOp>(op) &&
        products.insert(op).second)
      worklist.push_back(op);
  };
  module.walk([&](xnn::ConstantOp constant) {
    if (constant.getScales())
      for (Operation *user : constant->getUsers())
        add(user);
  });
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val();
    SmallVector<Operation *> neighbours(op->getUsers());
    for (Value operand : op->getOperands())
      if (Operation *def = operand.getDefiningOp())
        neighbours.push_back(def);
    for (Operation *neighbour : neighbours)
      if (neighbour->getLoc() == op->getLoc() &&
          isa<xnn::XnnDialect>(neighbour->getDialect()))
        add(neighbour);
  }
  return products;
}

std::string hexFloat(float value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%a", double(value));
  return text;
}
} // namespace

/// Each spec as the IR writes it, without the name of the dialect.
static std::vector<std::string> specTexts(ArrayAttr specs) {
  std::vector<std::string> texts;
  for (Attribute spec : specs) {
    std::string text;
    llvm::raw_string_ostream os(text);
    spec.print(os);
    StringRef plain = text;
    plain.consume_front("#pt2e.");
    texts.push_back(isa<UnitAttr>(spec) ? "float" : plain.str());
  }
  return texts;
}

ReportedOp *Report::find(StringRef name) {
  auto found = byName.find(name.str());
  return found == byName.end() ? nullptr : &ops[found->second];
}

void Report::collectOps(ModuleOp module) {
  module.walk([&](Operation *op) {
    if (!isa_and_nonnull<aten::AtenDialect>(op->getDialect()) ||
        isa<aten::ParameterOp, aten::BufferOp>(op))
      return;
    const aten::Provenance provenance = aten::getProvenance(op->getLoc());
    ReportedOp reported;
    reported.name = provenance.name;
    reported.op = aten::schemaName(op);
    reported.module = provenance.modulePath().str();
    reported.moduleType = provenance.moduleType().str();
    if (!provenance.file.empty())
      reported.source = provenance.file + ":" + std::to_string(provenance.line);
    if (auto annotation =
            op->getAttrOfType<AnnotationAttr>("pt2e.annotation")) {
      reported.rule = annotation.getRule().str();
      reported.operands = specTexts(annotation.getOperands());
      reported.results = specTexts(annotation.getResults());
    }
    if (auto kept = op->getAttrOfType<DictionaryAttr>("pt2e.kept_float"))
      reported.reason = (kept.getAs<StringAttr>("code").getValue() + ": " +
                         kept.getAs<StringAttr>("reason").getValue())
                            .str();
    if (byName.try_emplace(reported.name, ops.size()).second)
      ops.push_back(std::move(reported));
  });
}

LogicalResult Report::collectSites(ModuleOp module) {
  std::map<std::string, std::vector<ReportedSite::Edge>> edges;
  module.walk([&](ObserveOp observe) {
    for (OpOperand &use : observe.getResult().getUses())
      edges[observe.getSite().str()].push_back(
          {aten::valueName(observe.getInput()),
           aten::exportedName(use.getOwner()->getLoc()).str(),
           int64_t(use.getOperandNumber())});
  });
  for (auto site : module.getOps<SiteOp>()) {
    ReportedSite reported;
    reported.name = site.getSymName().str();
    reported.edges = edges[reported.name];
    // Sites of casts, of derived and of dynamic specs observe nothing.
    const auto spec = dyn_cast<SpecAttr>(site.getSpec());
    if (!spec || spec.getTiming() == Timing::Dynamic) {
      reported.observer = spec ? "dynamic" : "none";
      sites.push_back(std::move(reported));
      continue;
    }
    FailureOr<std::unique_ptr<Observer>> observer = makeObserver(site);
    if (failed(observer))
      return failure();
    reported.observer = std::string((*observer)->name());
    auto params = (*observer)->calculateQParams();
    if (params.ok()) {
      reported.scale.assign(params->scales.begin(), params->scales.end());
      reported.zeroPoint.assign(params->zeroPoints.begin(),
                                params->zeroPoints.end());
      reported.scaleAtFloor =
          llvm::is_contained(reported.scale, (*observer)->options().spec.eps);
      if (reported.scale.size() == 1)
        if (auto share = (*observer)->clippedShare(
                QParams{params->scales[0], params->zeroPoints[0]}))
          reported.clippedShare = *share;
    }
    if (auto range = (*observer)->range(); range.ok()) {
      reported.min = range->low;
      reported.max = range->high;
    }
    sites.push_back(std::move(reported));
  }
  return success();
}

void Report::collectDatatypes(ModuleOp module) {
  const llvm::DenseSet<Operation *> products = codesProducts(module);
  llvm::DenseSet<Operation *> inTables;
  module.walk([&](xnn::ConvertOp convert) {
    for (Operation *op : tableOps(convert))
      inTables.insert(op);
  });
  module.walk([&](Operation *op) {
    if (isa<xnn::TransposeOp>(op))
      ++layoutConversions;
    if (!isa_and_nonnull<xnn::XnnDialect>(op->getDialect()) ||
        isa<xnn::ConstantOp, xnn::EnterOp, xnn::LeaveOp, xnn::ConvertOp>(op))
      return;
    auto type = cast<xnn::ValueType>(op->getResult(0).getType());
    const bool inCodes =
        type.isQuantized8() || inTables.contains(op) || products.contains(op);
    const uint64_t multiplyAdds = countMultiplyAdds(op);
    bool first = true;
    for (StringRef name : exportedNames(op->getLoc()))
      if (ReportedOp *reported = find(name)) {
        for (auto [attribute, code] : {std::pair("xnn.float", "not-lowered: "),
                                       std::pair("xnn.note", "lowered-as: ")})
          if (auto why = op->getAttrOfType<StringAttr>(attribute);
              why && reported->reason.empty())
            reported->reason = (code + why.getValue()).str();
        (inCodes ? reported->quantized : reported->partlyFloat) = true;
        const std::string datatype =
            stringifyEnum(type.getDatatype()).str() +
            (inTables.contains(op) ? " (in a table)"
             : products.contains(op) && !type.isQuantized8()
                 ? " (weights in codes)"
                 : "");
        if (!llvm::is_contained(reported->datatypes, datatype))
          reported->datatypes.push_back(datatype);
        if (!std::exchange(first, false))
          continue;
        reported->multiplyAdds += multiplyAdds;
        reported->int8MultiplyAdds += inCodes ? multiplyAdds : 0;
      }
  });
  for (ReportedOp &op : ops) {
    op.quantized &= !op.partlyFloat;
    if (op.quantized)
      op.reason.clear();
    else if (op.reason.empty())
      op.reason = op.rule.empty() ? "no-rule: no rule of the quantizer "
                                    "reaches it"
                  : op.rule == "weight"
                      ? "weight-only: its weight is stored in "
                        "fewer bits, it computes in float"
                      : "not-lowered: annotated, but XNNPACK "
                        "computes it in float";
  }
}

/// Why XNNPACK did not take what became `call`.
static std::string reasonOf(et::CallKernelOp call) {
  auto why = call->getAttrOfType<StringAttr>("xnn.kept");
  return why ? why.str() : "its neighbours are kernel calls";
}

void Report::collectCalls(ModuleOp module) {
  module.walk([&](func::FuncOp function) {
    if (!function->hasAttr("xnn.delegate"))
      return;
    ++delegates;
    function.walk([&](Operation *op) {
      for (StringRef name : exportedNames(op->getLoc()))
        if (ReportedOp *reported = find(name))
          reported->runsOn = function.getSymName().str();
    });
  });
  module.walk([&](et::CallKernelOp call) {
    ++kernelCalls;
    if (call.getKernel().starts_with("quantized_decomposed::quantize") ||
        call.getKernel().starts_with("quantized_decomposed::dequantize"))
      leftOver.push_back({call.getKernel().str(),
                          aten::exportedName(call.getLoc()).str(),
                          aten::getProvenance(call.getLoc()).modulePath().str(),
                          reasonOf(call)});
    for (StringRef name : exportedNames(call->getLoc()))
      if (ReportedOp *reported = find(name)) {
        reported->runsOn = "kernel " + call.getKernel().str();
        if (auto why = call->getAttrOfType<StringAttr>("xnn.kept"))
          reported->why = why.str();
      }
  });
  for (ReportedOp &op : ops)
    if (op.runsOn.empty())
      op.runsOn = "folded";
}

llvm::json::Value Report::json() const {
  llvm::json::Array opList, siteList, leftOverList;
  uint64_t all = 0, inInt8 = 0;
  for (const ReportedOp &op : ops) {
    all += op.multiplyAdds;
    inInt8 += op.int8MultiplyAdds;
    opList.push_back(
        llvm::json::Object{{"name", op.name},
                           {"op", op.op},
                           {"module", op.module},
                           {"module_type", op.moduleType},
                           {"source", op.source},
                           {"rule", op.rule},
                           {"state", op.runsOn == "folded" ? "folded"
                                     : op.quantized        ? "quantized"
                                                           : "float"},
                           {"reason", op.runsOn == "folded" ? "" : op.reason},
                           {"runs_on", op.runsOn},
                           {"why", op.why},
                           {"multiply_adds", int64_t(op.multiplyAdds)}});
  }
  for (const LeftOver &call : leftOver)
    leftOverList.push_back(llvm::json::Object{{"kernel", call.kernel},
                                              {"name", call.name},
                                              {"module", call.module},
                                              {"why", call.why}});
  for (const ReportedSite &site : sites) {
    llvm::json::Array edges, min, max, scale, zeroPoint;
    for (const ReportedSite::Edge &edge : site.edges)
      edges.push_back(llvm::json::Object{{"producer", edge.producer},
                                         {"user", edge.user},
                                         {"operand", edge.operand}});
    for (float value : site.min)
      min.push_back(hexFloat(value));
    for (float value : site.max)
      max.push_back(hexFloat(value));
    for (float value : site.scale)
      scale.push_back(hexFloat(value));
    for (int64_t value : site.zeroPoint)
      zeroPoint.push_back(value);
    llvm::json::Object object{{"name", site.name},
                              {"observer", site.observer},
                              {"edges", std::move(edges)},
                              {"min", std::move(min)},
                              {"max", std::move(max)},
                              {"scale", std::move(scale)},
                              {"zero_point", std::move(zeroPoint)},
                              {"scale_at_floor", site.scaleAtFloor}};
    if (site.clippedShare >= 0)
      object["clipped_share"] = site.clippedShare;
    siteList.push_back(std::move(object));
  }
  return llvm::json::Object{
      {"version", kReportVersion},
      {"tool", versionString()},
      {"input", input},
      {"output", output},
      {"model", llvm::json::Object{{"input_bytes", int64_t(inputBytes)},
                                   {"output_bytes", int64_t(outputBytes)},
                                   {"multiply_adds", int64_t(all)},
                                   {"int8_share",
                                    all ? double(inInt8) / double(all) : 0.0},
                                   {"delegates", delegates},
                                   {"kernel_calls", kernelCalls},
                                   {"layout_conversions", layoutConversions}}},
      {"ops", std::move(opList)},
      {"sites", std::move(siteList)},
      {"left_over", std::move(leftOverList)}};
}

void Report::print(llvm::raw_ostream &os) const {
  uint64_t all = 0, inInt8 = 0;
  int64_t quantized = 0, inFloat = 0;
  for (const ReportedOp &op : ops) {
    all += op.multiplyAdds;
    inInt8 += op.int8MultiplyAdds;
    quantized += op.quantized;
    inFloat += !op.quantized && op.runsOn != "folded";
  }
  os << output << ": " << outputBytes << " bytes (" << input << ": "
     << inputBytes << "), " << delegates << " delegate"
     << (delegates == 1 ? "" : "s") << ", " << kernelCalls << " kernel call"
     << (kernelCalls == 1 ? "" : "s") << ", " << layoutConversions
     << " layout conversions\n";
  if (sites.empty())
    return;
  os << quantized << " ops in int8";
  if (all)
    os << llvm::format(" (%.1f %% of the multiply-adds)",
                       100.0 * double(inInt8) / double(all));
  os << ", " << inFloat << " in float\n";
  for (const ReportedOp &op : ops)
    if (!op.quantized && op.runsOn != "folded") {
      os << "  float: " << op.name;
      if (!op.module.empty())
        os << " in " << op.module;
      os << " (" << op.op << "): " << op.reason << "\n";
    }
  for (const LeftOver &call : leftOver)
    os << "  left over: " << call.kernel << " at " << call.name << ": "
       << call.why << "\n";
  for (const ReportedSite &site : sites)
    if (site.scaleAtFloor && site.scale.size() == 1)
      os << "  warning: " << site.name
         << ": its scale is eps, the smallest one allowed; its range is too "
            "small for its codes\n";
}

} // namespace pt2e
