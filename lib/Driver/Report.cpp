#include "pt2e/Driver/Report.h"

#include <set>

#include "Forms.h"
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
#include "llvm/ADT/StringExtras.h"
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

/// Calls `visit` on each operator, with its name in the exported graph.
static void
forEachOperator(ModuleOp module,
                function_ref<void(Operation *, StringRef name)> visit) {
  module.walk([&](Operation *op) {
    if (isa_and_nonnull<aten::AtenDialect>(op->getDialect()) &&
        !isa<aten::ParameterOp, aten::BufferOp>(op))
      visit(op, aten::exportedName(op->getLoc()));
  });
}

void Report::collectOps(ModuleOp module) {
  forEachOperator(module, [&](Operation *op, StringRef) {
    const aten::Provenance provenance = aten::getProvenance(op->getLoc());
    ReportedOp reported;
    reported.name = provenance.name;
    reported.op = aten::schemaName(op);
    reported.module = provenance.modulePath().str();
    reported.moduleType = provenance.moduleType().str();
    if (!provenance.file.empty())
      reported.source = provenance.file + ":" + std::to_string(provenance.line);
    reported.ofConstants = llvm::all_of(op->getOperands(), [&](Value operand) {
      Operation *def = operand.getDefiningOp();
      if (isa_and_nonnull<aten::ParameterOp>(def))
        return true;
      const ReportedOp *from =
          def ? find(aten::exportedName(def->getLoc())) : nullptr;
      return from && from->ofConstants;
    });
    for (Value operand : op->getOperands())
      if (!isa_and_nonnull<aten::ParameterOp>(operand.getDefiningOp()))
        reported.reads.push_back(aten::valueName(operand));
    if (byName.try_emplace(reported.name, ops.size()).second)
      ops.push_back(std::move(reported));
  });
}

void Report::collectAnnotations(ModuleOp module) {
  forEachOperator(module, [&](Operation *op, StringRef name) {
    ReportedOp *reported = find(name);
    if (!reported)
      return;
    for (StringRef part : exportedNames(op->getLoc()))
      if (ReportedOp *taken = part == name ? nullptr : find(part))
        taken->partOf = name.str();
    if (std::string schema = aten::schemaName(op);
        reported->became.empty() || reported->became.back() != schema)
      reported->became.push_back(std::move(schema));
    if (auto annotation =
            op->getAttrOfType<AnnotationAttr>("pt2e.annotation")) {
      const StringRef rule = annotation.getRule();
      if (reported->rule.empty()) {
        reported->rule = rule.str();
        reported->operands = specTexts(annotation.getOperands());
        reported->results = specTexts(annotation.getResults());
      } else if (!is_contained(llvm::split(reported->rule, ", "), rule)) {
        reported->rule += (", " + rule).str();
      }
    }
    auto kept = op->getAttrOfType<DictionaryAttr>("pt2e.kept_float");
    wasAnnotated |= kept != nullptr;
    if (kept && reported->reason.empty())
      reported->reason = (kept.getAs<StringAttr>("code").getValue() + ": " +
                          kept.getAs<StringAttr>("reason").getValue())
                             .str();
  });
  for (ReportedOp &op : ops)
    if (op.became.size() == 1 && op.became.front() == op.op)
      op.became.clear();
  std::set<StringRef> left;
  forEachOperator(module,
                  [&](Operation *, StringRef name) { left.insert(name); });
  for (ReportedOp &op : ops) {
    if (left.count(op.name))
      op.partOf.clear(); // of some, and an op of its own
    else
      op.runsOn = "folded";
  }
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

std::string ReportedOp::form() const {
  if (!products.empty())
    return llvm::max_element(products, llvm::less_second())->first;
  return llvm::join(otherForms, ", ");
}

/// The form of a lookup in a table of f16 or bf16.
static constexpr char kHalfTable[] = "f16 table";

std::string ReportedOp::state() const {
  if (runsOn == "folded")
    return "folded";
  if (llvm::is_contained(otherForms, kHalfTable))
    return "weights";
  if (products.empty() && !otherForms.empty() &&
      llvm::all_of(otherForms, [](StringRef form) {
        return form == "int64" || form == "int32" || form == "bool";
      }))
    return "other";
  const std::string product = products.empty() ? std::string() : form();
  if (StringRef(product).starts_with("dynamic"))
    return "quantized"; // a bias, a clamp in float are part of it
  if (!product.empty() && product != "float" && !Forms::isInteger(product))
    return "weights";
  bool hasInteger = false, hasReal = false;
  auto add = [&](StringRef form) {
    (Forms::isInteger(form) ? hasInteger : hasReal) = true;
  };
  for (const auto &[form, count] : products)
    add(form);
  llvm::for_each(otherForms, add);
  return !hasInteger ? "float" : hasReal ? "mixed" : "quantized";
}

uint64_t ReportedOp::multiplyAdds() const {
  uint64_t all = 0;
  for (const auto &[form, count] : products)
    all += count;
  return all;
}

void Report::collectForms(ModuleOp module) {
  const Forms forms(module);
  module.walk([&](Operation *op) {
    if (isa<xnn::TransposeOp>(op))
      ++layoutConversions;
    if (!isa_and_nonnull<xnn::XnnDialect>(op->getDialect()) ||
        isa<xnn::ConstantOp, xnn::EnterOp, xnn::LeaveOp, xnn::ConvertOp>(op))
      return;
    const uint64_t multiplyAdds = countMultiplyAdds(op);
    bool first = true;
    for (StringRef name : exportedNames(op->getLoc()))
      if (ReportedOp *reported = find(name);
          reported && reported->partOf.empty()) {
        for (auto [attribute, code] : {std::pair("xnn.float", "not-lowered: "),
                                       std::pair("xnn.note", "lowered-as: "),
                                       std::pair("xnn.measured", "measured: ")})
          if (auto why = op->getAttrOfType<StringAttr>(attribute);
              why && reported->reason.empty())
            reported->reason = (code + why.getValue()).str();
        // What is fused with a product multiplies nothing itself.
        if (std::exchange(first, false) && multiplyAdds > 0)
          reported->products[forms.of(op)] += multiplyAdds;
        else if (std::string form = forms.ofResult(op);
                 !llvm::is_contained(reported->otherForms, form))
          reported->otherForms.push_back(std::move(form));
      }
  });
  // What is there only to change the form: a quantize of the program.
  module.walk([&](xnn::ConvertOp convert) {
    ReportedOp *reported = find(aten::exportedName(convert.getLoc()));
    if (reported && reported->partOf.empty() && reported->form().empty())
      reported->otherForms.push_back(forms.ofResult(convert));
  });
}

/// Why XNNPACK did not take what became `call`.
static std::string reasonOf(et::CallKernelOp call) {
  auto why = call->getAttrOfType<StringAttr>("xnn.kept");
  return why ? why.str() : "its neighbours are kernel calls";
}

/// What a kernel computes in.
static std::string formOf(et::CallKernelOp call) {
  if (call.getKernel() == "quantized_decomposed::embedding_byte.out")
    return "int8 table";
  if (call.getKernel() == "quantized_decomposed::embedding_4bit.out")
    return "int4 table";
  if (call.getKernel() == "aten::embedding.out")
    if (auto table = dyn_cast<RankedTensorType>(call.getOperand(0).getType());
        table && table.getElementTypeBitWidth() == 16)
      return kHalfTable;
  auto type = call->getNumResults()
                  ? dyn_cast<RankedTensorType>(call->getResult(0).getType())
                  : RankedTensorType();
  if (!type)
    return "int64"; // a size
  Type element = type.getElementType();
  if (element.isF32())
    return "float";
  if (element.isF16() || element.isBF16() || element.isF64())
    return ("f" + Twine(element.getIntOrFloatBitWidth())).str();
  if (element.isInteger(1))
    return "bool";
  return (Twine(element.isUnsignedInteger() ? "uint" : "int") +
          Twine(element.getIntOrFloatBitWidth()))
      .str();
}

void Report::collectCalls(ModuleOp module) {
  module.walk([&](func::FuncOp function) {
    if (!function->hasAttr("xnn.delegate"))
      return;
    ++delegates;
    function.walk([&](Operation *op) {
      for (StringRef name : exportedNames(op->getLoc()))
        if (ReportedOp *reported = find(name);
            reported && reported->partOf.empty())
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
      if (ReportedOp *reported = find(name);
          reported && reported->partOf.empty()) {
        reported->runsOn = "kernel " + call.getKernel().str();
        if (reported->form().empty())
          reported->otherForms.push_back(formOf(call));
        if (auto why = call->getAttrOfType<StringAttr>("xnn.kept"))
          reported->why = why.str();
      }
  });
  for (ReportedOp &op : ops) {
    // Of others there is a constant at most.
    if (op.runsOn.empty() || op.form().empty())
      op.runsOn = "folded";
    const std::string state = op.state();
    // What is computed otherwise than asked is told, whatever the state.
    if (state == "quantized" && StringRef(op.reason).starts_with("asked"))
      op.reason += "; codes that it only moves or limits stay so";
    else if (state != "float" && state != "mixed" &&
             !StringRef(op.reason).starts_with("lowered-as"))
      op.reason.clear();
    if (op.reason.empty() && (state == "float" || state == "mixed"))
      op.reason = op.rule.empty()
                      ? "no-rule: no rule of the quantizer reaches it"
                      : "not-lowered: annotated, but computed in float";
  }
}

std::map<std::string, uint64_t> Report::multiplyAddsByForm() const {
  std::map<std::string, uint64_t> all;
  for (const ReportedOp &op : ops)
    for (const auto &[form, count] : op.products)
      all[form] += count;
  return all;
}

llvm::json::Value Report::json() const {
  llvm::json::Array opList, siteList, leftOverList;
  llvm::json::Object byForm;
  uint64_t all = 0, inIntegers = 0;
  for (const auto &[form, count] : multiplyAddsByForm()) {
    byForm[form] = int64_t(count);
    all += count;
    inIntegers += Forms::isInteger(form) ? count : 0;
  }
  for (const ReportedOp &op : ops)
    opList.push_back(
        llvm::json::Object{{"name", op.name},
                           {"op", op.op},
                           {"became", llvm::json::Array(op.became)},
                           {"part_of", op.partOf},
                           {"module", op.module},
                           {"module_type", op.moduleType},
                           {"source", op.source},
                           {"rule", op.rule},
                           {"state", op.state()},
                           {"form", op.form()},
                           {"reason", op.reason},
                           {"runs_on", op.runsOn},
                           {"why", op.why},
                           {"multiply_adds", int64_t(op.multiplyAdds())}});
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
      {"model",
       llvm::json::Object{
           {"input_bytes", int64_t(inputBytes)},
           {"output_bytes", int64_t(outputBytes)},
           {"multiply_adds", int64_t(all)},
           {"multiply_adds_by_form", std::move(byForm)},
           {"integer_share", all ? double(inIntegers) / double(all) : 0.0},
           {"delegates", delegates},
           {"kernel_calls", kernelCalls},
           {"layout_conversions", layoutConversions}}},
      {"ops", std::move(opList)},
      {"sites", std::move(siteList)},
      {"left_over", std::move(leftOverList)}};
}

void Report::printMultiplyAdds(llvm::raw_ostream &os) const {
  const std::map<std::string, uint64_t> byForm = multiplyAddsByForm();
  std::vector<std::pair<uint64_t, StringRef>> list;
  uint64_t all = 0;
  for (const auto &[form, count] : byForm) {
    list.emplace_back(count, form);
    all += count;
  }
  llvm::stable_sort(
      list, [](const auto &a, const auto &b) { return a.first > b.first; });
  if (all == 0)
    return;
  os << "multiply-adds: ";
  llvm::interleaveComma(list, os, [&](const auto &entry) {
    os << llvm::format("%.1f %% ", 100.0 * double(entry.first) / double(all))
       << entry.second;
  });
  os << "\n";
}

void Report::print(llvm::raw_ostream &os) const {
  os << output << ": " << outputBytes << " bytes (" << input << ": "
     << inputBytes << "), " << delegates << " delegate"
     << (delegates == 1 ? "" : "s") << ", " << kernelCalls << " kernel call"
     << (kernelCalls == 1 ? "" : "s") << ", " << layoutConversions
     << " layout conversions\n";
  std::map<std::string, int64_t> counts;
  for (const ReportedOp &op : ops)
    ++counts[op.state()];
  const bool isFloat =
      !counts["quantized"] && !counts["mixed"] && !counts["weights"];
  const bool wasAsked = wasAnnotated || !sites.empty();
  if (!wasAsked && isFloat)
    return;
  os << counts["quantized"] << " ops quantized, ";
  if (counts["mixed"])
    os << counts["mixed"] << " in part, ";
  if (counts["weights"])
    os << counts["weights"] << " with stored weights, ";
  os << counts["float"] << " in float\n";
  printMultiplyAdds(os);
  for (const ReportedOp &op : ops)
    if (!op.reason.empty() && (wasAsked || op.state() != "float")) {
      const std::string state = op.state();
      os << "  "
         << (state == "float"   ? "float"
             : state == "mixed" ? "in part float"
                                : "otherwise than asked")
         << ": " << op.name;
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
