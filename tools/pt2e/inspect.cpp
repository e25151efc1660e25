/// \file
/// pt2e inspect: what a .pt2 or .pte contains.

#include <algorithm>
#include <map>
#include <set>

#include "Commands.h"
#include "QuantizeArguments.h"
#include "absl/strings/match.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "pt2e/Driver/Compile.h"
#include "pt2e/Emit/PteFile.h"
#include "pt2e/Import/ExportedProgram.h"
#include "pt2e/Runtime/FileKind.h"
#include "pt2e/Runtime/Files.h"
#include "pt2e/Runtime/Status.h"
#include "llvm/ADT/StringExtras.h"

namespace pt2e::tool {
namespace {

/// Names come from the file's author: no control characters reach the
/// terminal.
std::string printable(llvm::StringRef text) {
  std::string safe;
  llvm::raw_string_ostream out(safe);
  llvm::printEscapedString(text, out);
  return safe;
}

std::string bytesText(uint64_t bytes) {
  if (bytes < 10'000)
    return fmt::format("{} B", bytes);
  if (bytes < 10'000'000)
    return fmt::format("{:.1f} kB", bytes / 1e3);
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

/// "3 x aten::add.out, 1 x ...", the most frequent first.
void printCounts(const std::map<std::string, int64_t> &counts) {
  std::vector<std::pair<int64_t, std::string>> order;
  for (const auto &[name, count] : counts)
    order.emplace_back(-count, name);
  std::sort(order.begin(), order.end());
  for (const auto &[count, name] : order)
    fmt::print("  {:>6} {}\n", -count, name);
}

//===-- .pte --------------------------------------------------------------===//

std::string limitsText(const XnnNode &node) {
  if (!node.outputMin)
    return "";
  return fmt::format(" in [{}, {}]", *node.outputMin, *node.outputMax);
}

void printGraph(const XnnGraph &graph, bool all) {
  auto valueText = [&](uint32_t id) {
    return fmt::format("{}{}", toString(graph.values[id]),
                       graph.values[id].isConstant ? " constant" : "");
  };
  if (all) {
    for (const XnnNode &node : graph.nodes) {
      fmt::print("    {}{}\n", node.type, limitsText(node));
      for (uint32_t id : node.inputs)
        fmt::print("      {:>5}: {}\n", id, valueText(id));
      for (uint32_t id : node.outputs)
        fmt::print("    ->{:>5}: {}\n", id, valueText(id));
    }
    return;
  }
  // One line for each kind of node: its type and the datatypes it works on.
  std::map<std::string, int64_t> counts;
  for (const XnnNode &node : graph.nodes) {
    std::string key = node.type;
    for (size_t i = 0; i < node.inputs.size(); ++i)
      key += (i ? " x " : " ") + graph.values[node.inputs[i]].dtype;
    if (!node.outputs.empty())
      key += " -> " + graph.values[node.outputs[0]].dtype;
    ++counts[key];
  }
  printCounts(counts);
}

void printMethod(const PteMethod &method, bool all) {
  fmt::print("method {}: {} instructions, {} delegates, {} of planned memory\n",
             printable(method.name), method.calls.size(),
             method.delegates.size(), bytesText(method.arenaBytes));
  auto printValues = [&](const char *what, const std::vector<int32_t> &list) {
    for (size_t i = 0; i < list.size(); ++i)
      fmt::print("  {} {}: {}\n", what, i,
                 printable(method.values[list[i]].text));
  };
  printValues("input", method.inputs);
  printValues("output", method.outputs);

  std::map<std::string, int64_t> kernels;
  for (const PteCall &call : method.calls)
    if (!call.kernel.empty())
      ++kernels[printable(call.kernel)];
  if (!kernels.empty() && !all) {
    fmt::print("  calls of kernels:\n");
    printCounts(kernels);
  }
  if (all) {
    fmt::print("  instructions:\n");
    for (const PteCall &call : method.calls) {
      fmt::print("    {}\n", call.kernel.empty()
                                 ? fmt::format("delegate {}", call.delegate)
                                 : printable(call.kernel));
      for (int32_t argument : call.arguments)
        fmt::print("      {:>5}: {}\n", argument,
                   printable(method.values[argument].text));
    }
  }
  for (size_t i = 0; i < method.delegates.size(); ++i) {
    const PteDelegate &delegate = method.delegates[i];
    fmt::print("  delegate {}: {}, {}", i, printable(delegate.backend),
               bytesText(delegate.size));
    if (!delegate.graph) {
      fmt::print("\n");
      continue;
    }
    fmt::print(", {} nodes, {} inputs, {} outputs, {} of constants\n",
               delegate.graph->nodes.size(), delegate.graph->inputs.size(),
               delegate.graph->outputs.size(),
               bytesText(delegate.graph->constantBytes));
    printGraph(*delegate.graph, all);
  }
}

absl::Status inspectPte(const std::string &path, bool all) {
  PT2E_ASSIGN_OR_RETURN(runtime::MappedFile mapped,
                        runtime::MappedFile::open(path));
  PT2E_ASSIGN_OR_RETURN(
      PteFile file, runtime::withContext(
                        path, readPte({static_cast<const char *>(mapped.data()),
                                       mapped.size()})));
  fmt::print("ExecuTorch program, {} ({} of program, {} of constants)\n",
             bytesText(file.size), bytesText(file.programBytes),
             bytesText(file.constantBytes));
  for (const PteMethod &method : file.methods)
    printMethod(method, all);
  return absl::OkStatus();
}

//===-- .pt2 --------------------------------------------------------------===//

std::string typeText(const ExportedProgram &program, const Argument &argument) {
  const auto *tensor = argument.as<TensorArgument>();
  if (!tensor)
    return argument.tag().str();
  auto meta = program.graph.tensorValues.find(tensor->name);
  if (meta == program.graph.tensorValues.end())
    return "tensor";
  std::string text = scalarTypeName(meta->second.dtype).str() + " [";
  for (const SymInt &size : meta->second.sizes) {
    if (text.back() != '[')
      text += ", ";
    text += size.isStatic() ? std::to_string(size.value)
                            : printable(size.expr.str());
  }
  return text + "]";
}

std::string valueName(const Argument &argument) {
  if (const auto *tensor = argument.as<TensorArgument>())
    return tensor->name;
  return "";
}

void printWeights(const ExportedProgram &program, bool all) {
  std::vector<std::string> names;
  uint64_t elements = 0, bytes = 0;
  std::set<const TensorStorage *> storages;
  for (const auto &entry : program.payloads) {
    names.push_back(entry.first().str());
    elements += entry.second.numElements();
    if (storages.insert(entry.second.storage.get()).second &&
        entry.second.storage)
      bytes += entry.second.storage->size();
  }
  std::sort(names.begin(), names.end());
  fmt::print("{} weights, buffers and constants, {} elements, {}\n",
             names.size(), elements, bytesText(bytes));
  if (!all)
    return;
  for (const std::string &name : names) {
    const TensorPayload &payload = *program.findPayload(name);
    fmt::print("  {}: {} [{}]\n", printable(name),
               scalarTypeName(payload.dtype).str(),
               fmt::join(payload.sizes, ", "));
  }
}

absl::Status inspectPt2(const std::string &path, bool all) {
  auto program = readExportedProgram(path);
  if (!program)
    return absl::InvalidArgumentError(llvm::toString(program.takeError()));
  fmt::print("exported program, PyTorch {}, schema {}.{}\n",
             printable(program->torchVersion), program->schema.major,
             program->schema.minor);
  for (const InputSpec &input : program->inputSpecs)
    if (input.kind == InputSpec::Kind::UserInput ||
        input.kind == InputSpec::Kind::ConstantInput)
      fmt::print("  input {}: {}\n", printable(input.name),
                 typeText(*program, input.arg));
  for (const OutputSpec &output : program->outputSpecs) {
    const bool isUser = output.kind == OutputSpec::Kind::UserOutput;
    const std::string name = isUser ? output.name : output.target;
    fmt::print("  {} {}: {}\n", isUser ? "output" : "writes",
               printable(name.empty() ? valueName(output.arg) : name),
               typeText(*program, output.arg));
  }
  std::vector<std::string> symbols;
  for (const auto &entry : program->symbolRanges)
    symbols.push_back(entry.first().str());
  std::sort(symbols.begin(), symbols.end());
  for (const std::string &symbol : symbols) {
    const Interval range = program->rangeOf(symbol);
    fmt::print("  size {}: {}..{}\n", printable(symbol),
               range.isBoundedBelow() ? std::to_string(range.lo) : "",
               range.isBoundedAbove() ? std::to_string(range.hi) : "");
  }
  printWeights(*program, all);
  fmt::print("{} ops\n", program->graph.nodes.size());
  if (!all) {
    std::map<std::string, int64_t> counts;
    for (const Node &node : program->graph.nodes)
      ++counts[printable(node.target)];
    printCounts(counts);
    return absl::OkStatus();
  }
  for (const Node &node : program->graph.nodes) {
    const std::string name = node.name.empty() && !node.resultNames().empty()
                                 ? node.resultNames().front().str()
                                 : node.name;
    fmt::print("  {}: {}", printable(name), printable(node.target));
    if (!node.outputs.empty())
      fmt::print(" -> {}", typeText(*program, node.outputs.front()));
    if (!node.provenance.modules.empty())
      fmt::print("  ({})", printable(node.provenance.modules.back().path));
    fmt::print("\n");
  }
  return absl::OkStatus();
}

absl::Status explainOps(CompileRequest &request) {
  PT2E_ASSIGN_OR_RETURN(runtime::FileKind kind, runtime::kindOf(request.input));
  if (kind != runtime::FileKind::Zip)
    return runtime::otherKind(request.input, "a .pt2 program to explain", kind);
  std::string message;
  std::optional<std::string> text =
      explain(request, [&](const std::string &line) {
        if (!absl::StartsWith(line, "warning: "))
          message = line;
      });
  if (!text)
    return absl::InvalidArgumentError(message);
  fmt::print("{}", *text);
  return absl::OkStatus();
}

absl::Status inspect(const std::string &path, bool all) {
  PT2E_ASSIGN_OR_RETURN(runtime::FileKind kind, runtime::kindOf(path));
  if (kind == runtime::FileKind::Pte)
    return inspectPte(path, all);
  if (kind == runtime::FileKind::Zip)
    return inspectPt2(path, all);
  return runtime::otherKind(path, "a .pt2 or .pte file", kind);
}

} // namespace

int inspectCommand(Arguments arguments) {
  std::string path;
  bool all = false;
  CompileRequest request;
  QuantizeArguments quantize;
  Options options("inspect",
                  "Shows what a file contains: of a .pt2 its signature, ops "
                  "and weights, of a .pte its\nmethods, delegates, nodes, "
                  "dtypes and sizes.");
  options.positional("FILE", path, "a .pt2 or .pte");
  options.flag("all", all, "every op, node and weight, not only their number");
  options.option("explain", "NAME...", request.explain,
                 "instead: how pt2e quantize would treat operators of a .pt2,\n"
                 "or those in a module, and why");
  addQuantizeOptions(options, quantize);
  options.example("pt2e inspect model.pt2 --explain conv2d_3 features.5",
                  "the rule, specs and sharing groups of an operator and a "
                  "module");
  options.example("pt2e inspect model.pte",
                  "what runs in a program, and where");
  options.example("pt2e inspect model.pt2 --all", "every op with its module");
  if (auto code = options.parse(arguments))
    return *code;
  if (request.explain.empty())
    return finish("inspect", inspect(path, all));
  request.input = path;
  if (absl::Status status = quantize.verify(); !status.ok())
    return refuse("inspect", status);
  int exitCode = kFailed;
  absl::StatusOr<QuantizeOptions> resolved = quantize.resolve(exitCode);
  if (!resolved.ok()) {
    finish("inspect", resolved.status());
    return exitCode;
  }
  request.quantize = *resolved;
  return finish("inspect", explainOps(request));
}

} // namespace pt2e::tool
