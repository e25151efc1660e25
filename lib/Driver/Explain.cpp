//===- Explain.cpp - Why an op is as it is --------------------------------===//

#include <algorithm>

#include "pt2e/Driver/Report.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace pt2e {

using llvm::StringRef;

namespace {

/// True if `module` is `path` or inside it.
bool isInside(StringRef module, StringRef path) {
  return module.consume_front(path) && (module.empty() || module[0] == '.');
}

/// Of the edges that share a site.
constexpr size_t kShownEdges = 8;

/// What a user can do about a reason, by its code.
StringRef adviceFor(StringRef reason) {
  return llvm::StringSwitch<StringRef>(reason.split(':').first)
      .Case("asked", "change the rule or the setter that keeps it in float, or "
                     "put one behind it (docs/config.md)")
      .Case("not-selected",
            "add a rule that selects it, or take it into --only "
            "(docs/config.md)")
      .Case("no-weight", "a rule with a static recipe quantizes it "
                         "(docs/recipes.md)")
      .Case("no-rule", "nothing where it has no quantized form; one that moves "
                       "elements follows what it reads: explain that")
      .Case("float-operands", "explain what it reads: it follows that")
      .Case("group", "choose a group that divides its inputs, as in "
                     "weight-only-int4:group=32, or another recipe")
      .Case("weight-not-constant", "make its weight a parameter; "
                                   "--remarks=simplify says what is computed "
                                   "from constants")
      .Case("measured", "without --autotune, or with its file changed, it is "
                        "computed on codes (docs/recipes.md)")
      .Cases({"no-kernel", "not-lowered", "lowered-as"},
             "it is a limit of XNNPACK: a rule with another recipe, or float, "
             "says what it is to be instead (docs/recipes.md)")
      .Default("");
}

class Explanation {
public:
  Explanation(const ReportedOp &op, llvm::ArrayRef<ReportedSite> sites)
      : op(op), sites(sites), os(text) {}

  std::string write() {
    os << op.name << ": " << op.op;
    if (!op.module.empty())
      os << " in " << op.module << " (" << op.moduleType << ")";
    if (!op.source.empty())
      os << ", " << op.source;
    os << "\n";
    if (!op.reads.empty())
      os << "  reads: " << llvm::join(op.reads, ", ") << "\n";
    if (!op.became.empty())
      os << "  became: " << llvm::join(op.became, ", ") << "\n";
    if (!op.partOf.empty())
      os << "  folded: it is part of " << op.partOf << "\n";
    else if (op.runsOn == "folded")
      os << "  folded: "
         << (op.ofConstants ? "it is computed when the program is compiled"
                            : "it gives back what it reads, or is part of what "
                              "reads it")
         << "\n";
    if (!op.partOf.empty() || op.runsOn == "folded")
      return std::move(text);
    if (op.rule.empty())
      os << "  rule: none\n";
    else
      os << "  rule: " << op.rule << "\n";
    writeSpecs(
        "operand", op.operands, [&](const ReportedSite &site, int64_t index) {
          return llvm::any_of(site.edges, [&](const ReportedSite::Edge &edge) {
            return edge.user == op.name && edge.operand == index;
          });
        });
    writeSpecs("result", op.results, [&](const ReportedSite &site, int64_t) {
      return llvm::any_of(site.edges, [&](const ReportedSite::Edge &edge) {
        return edge.producer == op.name;
      });
    });
    if (!op.runsOn.empty())
      writeLowering();
    // The report says so once an op is lowered; before, what annotation said.
    if (!op.reason.empty() && op.runsOn != "folded")
      os << (op.state() == "quantized" || op.state() == "weights"
                 ? "  otherwise than asked: "
                 : "  float because: ")
         << op.reason << "\n";
    if (const StringRef advice = adviceFor(op.reason); !advice.empty())
      os << "  what to do: " << advice << "\n";
    if (!op.why.empty())
      os << "  not in a delegate because: " << op.why << "\n";
    return std::move(text);
  }

private:
  template <typename Serves>
  void writeSpecs(const char *what, const std::vector<std::string> &specs,
                  Serves serves) {
    for (auto [i, spec] : llvm::enumerate(specs)) {
      os << "  " << what << " " << i << ": " << spec << "\n";
      if (spec == "float")
        continue;
      for (const ReportedSite &site : sites)
        if (serves(site, i)) {
          writeSite(site);
          break;
        }
    }
  }

  void writeSite(const ReportedSite &site) {
    os << "    site " << site.name << " (" << site.observer << ")";
    if (site.scale.size() == 1)
      os << llvm::format(": [%.4g, %.4g], scale %.4g, zero point ",
                         site.min.empty() ? 0.0 : double(site.min[0]),
                         site.max.empty() ? 0.0 : double(site.max[0]),
                         double(site.scale[0]))
         << site.zeroPoint[0];
    else if (!site.scale.empty())
      os << ": " << site.scale.size() << " scales from "
         << llvm::format("%.4g to %.4g", double(*llvm::min_element(site.scale)),
                         double(*llvm::max_element(site.scale)));
    os << (site.scaleAtFloor ? ", at the smallest scale allowed\n" : "\n");
    os << "    shared by:";
    std::vector<std::string> edges;
    for (const ReportedSite::Edge &edge : site.edges) {
      std::string text =
          edge.producer + "->" + edge.user + "." + std::to_string(edge.operand);
      if (!llvm::is_contained(edges, text))
        edges.push_back(std::move(text));
    }
    for (size_t i = 0; i < std::min(edges.size(), kShownEdges); ++i)
      os << " " << edges[i];
    if (edges.size() > kShownEdges)
      os << " and " << edges.size() - kShownEdges << " more";
    os << "\n";
  }

  void writeLowering() {
    os << "  runs on: " << op.runsOn;
    if (op.runsOn != "folded")
      os << ", " << op.state() << ": " << op.form();
    os << "\n";
  }

  const ReportedOp &op;
  llvm::ArrayRef<ReportedSite> sites;
  std::string text;
  llvm::raw_string_ostream os;
};

} // namespace

llvm::Expected<std::string> Report::explain(StringRef name) const {
  std::string text;
  for (const ReportedOp &op : ops)
    if (op.name == name)
      return Explanation(op, sites).write();
  for (const ReportedOp &op : ops)
    if (isInside(op.module, name))
      text += Explanation(op, sites).write();
  if (!text.empty())
    return text;

  std::vector<std::pair<unsigned, std::string>> names;
  for (const ReportedOp &op : ops)
    for (StringRef known : {StringRef(op.name), StringRef(op.module)})
      if (!known.empty())
        names.emplace_back(name.edit_distance(known), known.str());
  llvm::sort(names);
  names.erase(llvm::unique(names), names.end());
  std::string nearest;
  for (const auto &[distance, known] : llvm::ArrayRef(names).take_front(3))
    nearest += (nearest.empty() ? "" : ", ") + known;
  return llvm::createStringError(
      "expected the name of an operator of the exported graph or a module, but "
      "got '" +
      name + "'; the nearest are " + nearest);
}

} // namespace pt2e
