#include "dialects/Aten/Provenance.h"

#include "dialects/Aten/Aten.h"
#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace pt2e::aten;

StringRef Provenance::modulePath() const {
  return modules.empty() ? StringRef() : StringRef(modules.back().path);
}

StringRef Provenance::moduleType() const {
  return modules.empty() ? StringRef() : StringRef(modules.back().type);
}

Location pt2e::aten::provenanceLoc(MLIRContext *context,
                                   const Provenance &provenance) {
  SmallVector<Location> parts{
      NameLoc::get(StringAttr::get(context, provenance.name))};
  if (!provenance.file.empty())
    parts.push_back(
        FileLineColLoc::get(context, provenance.file, provenance.line, 0));
  SmallVector<StringAttr> modules;
  for (const ModuleEntry &module : provenance.modules)
    modules.push_back(
        StringAttr::get(context, module.path + ":" + module.type));
  return FusedLoc::get(context, parts, ScopeAttr::get(context, modules));
}

/// The first location in `loc` that came from an exported op.
static FusedLoc findScope(Location loc) {
  FusedLoc found;
  loc->walk([&](Location part) {
    auto fused = dyn_cast<FusedLoc>(part);
    if (!fused || !isa_and_nonnull<ScopeAttr>(fused.getMetadata()))
      return WalkResult::advance();
    found = fused;
    return WalkResult::interrupt();
  });
  return found;
}

Provenance pt2e::aten::getProvenance(Location loc) {
  Provenance provenance;
  provenance.name = exportedName(loc).str();
  FusedLoc fused = findScope(loc);
  if (!fused)
    return provenance;
  for (Location part : fused.getLocations())
    if (auto source = dyn_cast<FileLineColLoc>(part)) {
      provenance.file = source.getFilename().str();
      provenance.line = source.getLine();
    }
  for (StringAttr module : cast<ScopeAttr>(fused.getMetadata()).getModules()) {
    auto [path, type] = module.getValue().split(':');
    provenance.modules.push_back({path.str(), type.str()});
  }
  return provenance;
}

StringRef pt2e::aten::exportedName(Location loc) {
  StringRef name;
  auto findName = [&](Location part) {
    auto named = dyn_cast<NameLoc>(part);
    if (!named)
      return WalkResult::advance();
    name = named.getName();
    return WalkResult::interrupt();
  };
  if (FusedLoc fused = findScope(loc))
    Location(fused)->walk(findName);
  else
    loc->walk(findName);
  return name;
}

std::string pt2e::aten::valueName(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (auto function =
            dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp()))
      if (auto name = function.getArgAttrOfType<StringAttr>(
              argument.getArgNumber(), "aten.name"))
        return name.str();
    return "input" + std::to_string(argument.getArgNumber());
  }
  if (auto parameter = value.getDefiningOp<ParameterOp>())
    return parameter.getName().str();
  const StringRef name = exportedName(value.getLoc());
  return name.empty() ? value.getDefiningOp()->getName().stripDialect().str()
                      : name.str();
}

std::string pt2e::aten::describe(Location loc) {
  const Provenance provenance = getProvenance(loc);
  std::string text = provenance.name.empty() ? "an op" : provenance.name;
  if (!provenance.modulePath().empty())
    text += (" in " + provenance.modulePath() + " (" +
             provenance.moduleType().rsplit('.').second + ")")
                .str();
  if (!provenance.file.empty())
    text += ", " + provenance.file + ":" + std::to_string(provenance.line);
  return text;
}

std::string pt2e::aten::toLine(Diagnostic &diagnostic) {
  std::string line = diagnostic.str();
  // A message that names the op itself need not be told where it is.
  if (const std::string op = describe(diagnostic.getLocation());
      !exportedName(diagnostic.getLocation()).empty() &&
      line.find(op) == std::string::npos)
    line = op + ": " + line;
  // A place in a program that was read as text.
  if (auto place = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
    line = llvm::formatv("{0}:{1}:{2}: {3}", place.getFilename().getValue(),
                         place.getLine(), place.getColumn(), line);
  for (Diagnostic &note : diagnostic.getNotes())
    line += "; " + toLine(note);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}
