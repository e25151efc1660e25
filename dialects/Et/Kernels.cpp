#include "dialects/Et/Kernels.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace pt2e;
using namespace pt2e::et;
using llvm::StringRef;
using Kind = aten::SchemaArgument::Kind;

namespace {
/// kernels.txt, one schema a line.
constexpr char kKernels[] =
#include "dialects/Et/kernels.inc"
    ;

struct KernelTable {
  std::vector<Kernel> kernels;
  llvm::StringMap<const Kernel *> byName;
  /// By operator without overload: "aten::add".
  llvm::StringMap<llvm::SmallVector<const Kernel *>> byOperator;

  KernelTable() {
    llvm::SmallVector<StringRef> lines;
    StringRef(kKernels).split(lines, '\n', /*MaxSplit=*/-1,
                              /*KeepEmpty=*/false);
    for (StringRef line : lines) {
      if (line.starts_with("#"))
        continue;
      aten::Schema schema = aten::parseSchema(line);
      Kernel kernel{std::move(schema.name), std::move(schema.arguments), 0};
      while (!kernel.arguments.empty() &&
             kernel.arguments.back().kind == Kind::Tensor &&
             kernel.arguments.back().isKeywordOnly) {
        kernel.arguments.pop_back();
        ++kernel.numOuts;
      }
      kernels.push_back(std::move(kernel));
    }
    for (const Kernel &kernel : kernels) {
      byName[kernel.name] = &kernel;
      byOperator[StringRef(kernel.name).split('.').first].push_back(&kernel);
    }
  }

  static const KernelTable &get() {
    static const KernelTable table;
    return table;
  }
};

/// True if a kernel may lack the argument: its out tensor says the same, or it
/// changes no value.
bool isImplied(const aten::SchemaArgument &argument) {
  return argument.kind == Kind::Placement ||
         argument.kind == Kind::ScalarType || argument.name == "pin_memory" ||
         argument.name == "copy" || argument.name == "non_blocking";
}

bool computes(const Kernel &kernel, const aten::Schema &schema) {
  if (kernel.numOuts == 0 || kernel.numOuts != schema.returns.size())
    return false;
  auto sameName = [](const aten::SchemaArgument &a) {
    return [&](const aten::SchemaArgument &b) { return a.name == b.name; };
  };
  for (const aten::SchemaArgument &argument : schema.arguments)
    if (!isImplied(argument) &&
        llvm::none_of(kernel.arguments, sameName(argument)))
      return false;
  for (const aten::SchemaArgument &argument : kernel.arguments) {
    const aten::SchemaArgument *given = schema.find(argument.name);
    if (!given && !argument.defaultText && !argument.isOptional &&
        argument.kind != Kind::Placement)
      return false;
    if (given &&
        (given->kind != argument.kind || given->isList != argument.isList))
      return false;
  }
  return true;
}
} // namespace

const Kernel *pt2e::et::lookupKernel(StringRef name) {
  return KernelTable::get().byName.lookup(name);
}

const Kernel *pt2e::et::kernelOf(const aten::Schema &schema) {
  const KernelTable &table = KernelTable::get();
  const StringRef base = StringRef(schema.name).split('.').first;
  for (const std::string &candidate : {base.str(), (base + "_copy").str()}) {
    auto found = table.byOperator.find(candidate);
    if (found == table.byOperator.end())
      continue;
    for (const Kernel *kernel : found->second)
      if (computes(*kernel, schema))
        return kernel;
  }
  return nullptr;
}
