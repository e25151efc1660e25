//===- CheckQuantizerPass.cpp - Try a quantizer on programs ---------------===//

#include <dlfcn.h>

#include <random>

#include "dialects/Aten/Aten.h"
#include "dialects/Aten/Provenance.h"
#include "dialects/Pt2e/Pt2e.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "pt2e/Driver/Passes.h"
#include "pt2e/Driver/Stages.h"
#include "pt2e/Import/ArchiveWeights.h"
#include "pt2e/Import/Import.h"
#include "pt2e/Numerics/Observer.h"
#include "pt2e/Quantizers/Annotate.h"
#include "pt2e/Quantizers/QuantizerCheck.h"
#include "pt2e/Quantizers/QuantizerConfig.h"
#include "pt2e/Quantizers/SiteStatistics.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace pt2e {
#define GEN_PASS_DEF_CHECKQUANTIZERPASS
#include "pt2e/Driver/Passes.h.inc"
} // namespace pt2e

using namespace mlir;
using namespace pt2e;

namespace {
/// A program, ready to be annotated.
struct Program {
  std::string name;
  OwningOpRef<ModuleOp> module;
};

/// What became of one program.
struct Outcome {
  std::vector<quantizer::QuantizerCheck::Finding> findings;
  std::vector<quantizer::QuantizerCheck::Unreached> unreached;
  size_t operators = 0, annotated = 0, refused = 0;
  std::string annotations; ///< as text, to compare
};

/// share/pt2e/corpus beside the library that this is part of.
std::string installedCorpus() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&installedCorpus), &info))
    return "";
  SmallString<256> path(info.dli_fname);
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, "..", "share", "pt2e", "corpus");
  return llvm::sys::fs::is_directory(path) ? path.str().str() : "";
}

/// The programs at `place`, a file or a folder and those in it, sorted.
LogicalResult findPrograms(StringRef place, std::vector<std::string> &paths,
                           function_ref<InFlightDiagnostic()> emitError) {
  if (!llvm::sys::fs::exists(place))
    return emitError() << "there is no '" << place << "'";
  if (!llvm::sys::fs::is_directory(place)) {
    paths.push_back(place.str());
    return success();
  }
  std::vector<std::string> found;
  std::error_code code;
  for (llvm::sys::fs::recursive_directory_iterator it(place, code), end;
       it != end && !code; it.increment(code)) {
    const StringRef extension = llvm::sys::path::extension(it->path());
    if (extension == ".pt2" || extension == ".mlir")
      found.push_back(it->path());
  }
  if (code)
    return emitError() << "cannot read '" << place << "': " << code.message();
  if (found.empty())
    return emitError() << "expected .pt2 or .mlir files in '" << place
                       << "', but there are none";
  llvm::sort(found);
  llvm::append_range(paths, found);
  return success();
}

/// "conv_relu" for .../conv_relu/model.pt2, else the file's name.
std::string programName(StringRef path) {
  const StringRef stem = llvm::sys::path::stem(path);
  const StringRef folder =
      llvm::sys::path::filename(llvm::sys::path::parent_path(path));
  return (stem == "model" && !folder.empty() ? folder : stem).str();
}

std::string textOf(Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  for (Diagnostic &note : diagnostic.getNotes())
    if (!StringRef(note.str()).starts_with("see current operation"))
      text += "; " + note.str();
  return text;
}

struct CheckQuantizerPass
    : pt2e::impl::CheckQuantizerPassBase<CheckQuantizerPass> {
  using CheckQuantizerPassBase::CheckQuantizerPassBase;

  void runOnOperation() override;

private:
  /// About an option, which is nowhere in the program.
  InFlightDiagnostic emitError() {
    return mlir::emitError(UnknownLoc::get(&getContext()));
  }
  LogicalResult readPrograms(std::vector<Program> &programs);
  std::unique_ptr<quantizer::Quantizer> make(std::string &error);
  Outcome check(ModuleOp program);
  size_t report(ArrayRef<Program> programs, ArrayRef<Outcome> outcomes);
};
} // namespace

LogicalResult CheckQuantizerPass::readPrograms(std::vector<Program> &programs) {
  const auto emitError = [&] { return this->emitError(); };
  std::vector<std::string> paths;
  for (const std::string &place : corpus)
    if (failed(findPrograms(place, paths, emitError)))
      return failure();
  if (corpus.empty() && !getOperation().getOps<func::FuncOp>().empty()) {
    programs.push_back({"the program", getOperation().clone()});
  } else if (corpus.empty()) {
    const std::string installed = installedCorpus();
    if (installed.empty())
      return emitError() << "expected programs to check: give some, or "
                            "corpus=PATH (.pt2 and .mlir files, and folders)";
    if (failed(findPrograms(installed, paths, emitError)))
      return failure();
  }
  for (const std::string &path : paths) {
    Program program{programName(path), {}};
    if (StringRef(path).ends_with(".mlir"))
      program.module = readMlir(path, &getContext());
    else
      program.module = importPt2(path, &getContext());
    if (!program.module || failed(pt2e::runPipeline(
                               *program.module, "aten-simplify,aten-decompose,"
                                                "pt2e-scalars-to-tensors")))
      return emitError() << "cannot read '" << path << "'";
    programs.push_back(std::move(program));
  }
  return success();
}

std::unique_ptr<quantizer::Quantizer>
CheckQuantizerPass::make(std::string &error) {
  // As --pt2e-annotate makes it: one that takes rules has its default recipe.
  quantizer::QuantizerRequest request;
  request.quantizer = quantizerName;
  for (const std::string &option : quantizerOptions) {
    const auto [key, value] = StringRef(option).split('=');
    if (!StringRef(option).contains('=')) {
      error = "expected an option as key=value, but got '" + option + "'";
      return nullptr;
    }
    request.options.emplace_back(key.str(), value.str());
  }
  auto made = quantizer::makeQuantizer(request);
  if (made)
    return std::move(*made);
  error = llvm::toString(made.takeError());
  return nullptr;
}

/// Shows what an observer may see to those that plugins brought: numbers around
/// 0, zeros alone, one value. What is wrong with the answers is said.
static void tryObservers(ModuleOp prepared) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  llvm::StringSet<> said;
  prepared.walk([&](ObserveOp observe) {
    auto site = SymbolTable::lookupNearestSymbolFrom<SiteOp>(
        observe, observe.getSiteAttr());
    auto spec = site ? dyn_cast<SpecAttr>(site.getSpec()) : SpecAttr();
    if (!spec || !isAddedObserver(spec.getObserver().getValue()) ||
        site.getStatistics())
      return;
    std::vector<int64_t> shape;
    int64_t count = 1;
    for (int64_t bound : aten::upperBounds(observe.getInput().getType()))
      count *= shape.emplace_back(std::clamp<int64_t>(bound, 1, 16));
    std::vector<float> numbers(count);
    for (float &number : numbers)
      number = normal(random);
    for (const std::vector<float> &seen :
         {numbers, std::vector<float>(count), std::vector<float>(count, 3)}) {
      FailureOr<std::unique_ptr<Observer>> observer = makeObserver(site);
      if (failed(observer))
        return;
      absl::Status status = (*observer)->observe(seen, shape);
      if (status.ok())
        status = (*observer)->calculateQParams().status();
      if (status.ok())
        continue;
      std::string what;
      llvm::raw_string_ostream(what)
          << "the observer " << spec.getObserver().getValue()
          << " gives no parameters after "
          << (seen == numbers ? "numbers around 0: " : "one number alone: ")
          << std::string(status.message());
      if (said.insert(what).second) // not for every tensor again
        mlir::emitError(observe.getLoc()) << what;
      return;
    }
  });
}

/// Annotates a copy of `program` with a quantizer of its own and puts its
/// observers in. What the compiler says against it is a finding.
Outcome CheckQuantizerPass::check(ModuleOp program) {
  Outcome outcome;
  OwningOpRef<ModuleOp> copy = program.clone();
  ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &diagnostic) {
    // A message that names the op need not be told where it is.
    const std::string what = textOf(diagnostic);
    std::string op = aten::describe(diagnostic.getLocation());
    if (what.find(op) != std::string::npos)
      op.clear();
    outcome.findings.push_back(
        {diagnostic.getSeverity() == DiagnosticSeverity::Error, op, what});
  });
  std::string error;
  quantizer::QuantizerCheck checked(make(error));
  const bool isAnnotated = succeeded(annotate(*copy, checked));
  llvm::append_range(outcome.findings, checked.findings());
  outcome.unreached = checked.unreached();
  outcome.operators = checked.numOps();
  outcome.annotated = checked.numAnnotated();
  outcome.refused = checked.numRefused();
  llvm::raw_string_ostream os(outcome.annotations);
  copy->walk([&](Operation *op) {
    if (!isa<func::FuncOp, ModuleOp>(op))
      os << op->getName() << op->getDiscardableAttrDictionary() << "\n";
  });
  if (isAnnotated && succeeded(pt2e::runPipeline(*copy, "pt2e-prepare")))
    tryObservers(*copy);
  return outcome;
}

/// Prints what was found; returns the number of errors.
size_t CheckQuantizerPass::report(ArrayRef<Program> programs,
                                  ArrayRef<Outcome> outcomes) {
  raw_ostream &os = llvm::errs();
  size_t errors = 0, warnings = 0;
  Outcome all;
  llvm::MapVector<StringRef, std::pair<size_t, std::string>> missed;
  for (auto [program, outcome] : llvm::zip_equal(programs, outcomes)) {
    for (const auto &finding : outcome.findings) {
      ++(finding.isError ? errors : warnings);
      os << (finding.isError ? "error: " : "warning: ") << program.name << ": ";
      if (!finding.op.empty())
        os << finding.op << ": ";
      os << finding.what << "\n";
    }
    for (const auto &op : outcome.unreached) {
      auto &[count, first] = missed[op.schema];
      if (count++ == 0)
        first = op.op + " of " + program.name;
    }
    all.operators += outcome.operators;
    all.annotated += outcome.annotated;
    all.refused += outcome.refused;
  }
  for (const auto &[schema, where] : missed) {
    ++warnings;
    os << "warning: never reached: " << schema << ", " << where.first
       << (where.first == 1 ? " op: " : " ops, the first ") << where.second
       << "\n";
  }
  os << quantizerName << ": " << programs.size() << " programs, "
     << all.operators << " ops on floats, of which " << all.annotated
     << " annotated and " << all.refused << " refused; " << errors
     << " errors, " << warnings << " warnings\n";
  return errors + (strict ? warnings : 0);
}

void CheckQuantizerPass::runOnOperation() {
  std::string error;
  if (!make(error)) {
    emitError() << error;
    return signalPassFailure();
  }
  std::vector<Program> programs;
  if (failed(readPrograms(programs)))
    return signalPassFailure();
  std::vector<Outcome> outcomes;
  for (Program &program : programs)
    outcomes.push_back(check(*program.module));
  // Again from the end: what depends on earlier programs differs now.
  for (size_t i = programs.size(); i-- > 0;)
    if (check(*programs[i].module).annotations != outcomes[i].annotations)
      outcomes[i].findings.push_back(
          {true, "",
           "the same program is annotated in another way the second "
           "time; what belongs to one compilation is kept in the "
           "quantizer, not beside it"});
  if (report(programs, outcomes) > 0)
    signalPassFailure();
}
