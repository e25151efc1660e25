#include "PerLayerTable.h"

#include <algorithm>
#include <optional>

#include "Json.h"
#include "Options.h"
#include "Progress.h"
#include "fmt/format.h"

namespace pt2e::tool {
namespace {

using runtime::Difference;

std::string numbers(const Difference &d) {
  return fmt::format("{:>7.2f}  {:<9.3g}  {:<8.6f}  {:<9.3g}", d.sqnr(),
                     d.meanSquareError(), d.cosine(), d.maxError());
}

std::string where(const std::string &module, const std::string &type) {
  if (module.empty())
    return "";
  return type.empty()
             ? module
             : fmt::format("{} ({})", module, type.substr(type.rfind('.') + 1));
}

/// The output that lost the most.
const Difference &worstOf(const std::vector<Difference> &outputs) {
  return *std::min_element(outputs.begin(), outputs.end(),
                           [](const Difference &a, const Difference &b) {
                             return a.sqnr() < b.sqnr();
                           });
}

void printTables(const PerLayerResult &result) {
  constexpr const char *kHead = "SQNR dB  MSE        cosine    max error";
  size_t width = 5;
  for (const LayerDifference &layer : result.layers)
    width = std::max(width, layer.value.size());
  fmt::print("{:<{}}  {}  in\n", "value", width, kHead);
  for (const LayerDifference &layer : result.layers)
    fmt::print("{:<{}}  {}  {}\n", layer.value, width,
               numbers(layer.difference),
               where(layer.module, layer.moduleType));
  for (size_t i = 0; i < result.outputs.size(); ++i)
    fmt::print("{:<{}}  {}\n", fmt::format("output {}", i), width,
               numbers(result.outputs[i]));
  if (result.alone.empty())
    return;
  width = 4;
  for (const SiteAlone &site : result.alone)
    width = std::max(width, site.site.size());
  fmt::print("\nthe outputs with one site quantized alone\n{:<{}}  {}  in\n",
             "site", width, kHead);
  for (const SiteAlone &site : result.alone)
    fmt::print("{:<{}}  {}  {}{}{}\n", site.site, width,
               site.error.empty() ? numbers(worstOf(site.outputs)) : site.error,
               where(site.module, site.moduleType),
               site.isConstant ? " weights" : "",
               site.with.empty()
                   ? ""
                   : " with " + fmt::format("{}", fmt::join(site.with, ", ")));
}

std::string jsonOf(const Difference &d) {
  return fmt::format("\"sqnr_db\": {}, \"mse\": {}, \"cosine\": {}, "
                     "\"max_error\": {}, \"elements\": {}",
                     jsonNumber(d.sqnr()), jsonNumber(d.meanSquareError()),
                     jsonNumber(d.cosine()), jsonNumber(d.maxError()),
                     d.elements());
}

/// `names` as they stand in a JSON list.
std::string quoted(const std::vector<std::string> &names) {
  std::vector<std::string> list;
  for (const std::string &name : names)
    list.push_back(jsonString(name));
  return fmt::format("{}", fmt::join(list, ", "));
}

void printJson(const PerLayerResult &result) {
  const auto list = [](const auto &entries, auto &&print) {
    for (size_t i = 0; i < entries.size(); ++i) {
      fmt::print("{}\n  {{", i ? "," : "");
      print(entries[i]);
      fmt::print("}}");
    }
    fmt::print("]");
  };
  const auto outputs = [&](const std::vector<Difference> &differences) {
    list(differences,
         [](const Difference &output) { fmt::print("{}", jsonOf(output)); });
  };
  fmt::print("{{\"version\": 1, \"layers\": [");
  list(result.layers, [](const LayerDifference &layer) {
    fmt::print("\"value\": {}, \"op\": {}, \"module\": {}, \"module_type\": "
               "{}, \"site\": {}, {}",
               jsonString(layer.value), jsonString(layer.op),
               jsonString(layer.module), jsonString(layer.moduleType),
               jsonString(layer.site), jsonOf(layer.difference));
  });
  fmt::print(", \"outputs\": [");
  outputs(result.outputs);
  fmt::print(", \"sites_alone\": [");
  list(result.alone, [&](const SiteAlone &site) {
    fmt::print("\"site\": {}, \"module\": {}, \"module_type\": {}, "
               "\"is_constant\": {}, \"with\": [{}], \"error\": {}, "
               "\"outputs\": [",
               jsonString(site.site), jsonString(site.module),
               jsonString(site.moduleType), site.isConstant, quoted(site.with),
               jsonString(site.error));
    outputs(site.outputs);
  });
  fmt::print("}}\n");
}

} // namespace

int comparePerLayer(PerLayerRequest &request, bool json) {
  std::optional<Progress> progress;
  request.onStep = [&](const std::string &step) {
    progress.emplace(step);
    progress->update(0, 0);
  };
  request.progress = [&](int64_t done, int64_t all) {
    progress->update(done, all);
  };
  std::optional<PerLayerResult> result =
      pt2e::comparePerLayer(request, [&](const std::string &message) {
        progress.reset();
        fmt::print(stderr, "pt2e compare: {}\n", message);
      });
  progress.reset();
  if (!result)
    return kFailed;
  if (json)
    printJson(*result);
  else
    printTables(*result);
  return kOk;
}

} // namespace pt2e::tool
