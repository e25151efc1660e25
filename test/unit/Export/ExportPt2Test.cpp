#include "pt2e/Export/ExportPt2.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "pt2e/Import/Import.h"
#include "pt2e/InitAll.h"

#include "gtest/gtest.h"

namespace pt2e {
namespace {

/// The program with all its names, modules, source lines and weights; where
/// the file lies is not part of it.
std::string print(mlir::ModuleOp module) {
  module->setLoc(mlir::UnknownLoc::get(module.getContext()));
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (!function.isPrivate())
      function->setLoc(module.getLoc());
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os, mlir::OpPrintingFlags().enableDebugInfo());
  // How a weight happened to be aligned in the file.
  for (const char *alignment : {"\"0x01000000", "\"0x02000000", "\"0x04000000",
                                "\"0x08000000", "\"0x10000000"})
    for (size_t at; (at = text.find(alignment)) != std::string::npos;)
      text.replace(at, 11, "\"");
  return text;
}

class ExportPt2Test : public testing::Test {
protected:
  ExportPt2Test() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.printOpOnDiagnostic(false);
    context.getDiagEngine().registerHandler(
        [&](mlir::Diagnostic &diagnostic) { messages += diagnostic.str(); });
  }
  ~ExportPt2Test() override { std::remove(path.c_str()); }

  std::string write(mlir::ModuleOp module) {
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    return succeeded(exportPt2(module, os)) ? bytes : "";
  }
  mlir::OwningOpRef<mlir::ModuleOp> read(const std::string &bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return importPt2(path, &context);
  }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  std::string messages;
  const std::string path =
      testing::TempDir() +
      testing::UnitTest::GetInstance()->current_test_info()->name() + ".pt2";
};

std::vector<std::string> committedPrograms() {
  std::vector<std::string> paths;
  for (const auto &entry :
       std::filesystem::recursive_directory_iterator(PT2E_TEST_DATA))
    if (entry.path().extension() == ".pt2")
      paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST_F(ExportPt2Test, ImportExportImportIsTheIdentity) {
  const std::vector<std::string> paths = committedPrograms();
  ASSERT_GE(paths.size(), 20u);
  for (const std::string &program : paths) {
    SCOPED_TRACE(program);
    // A context of its own: resources are numbered within one.
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    const auto printAgain = [&](const std::string &file, std::string *bytes) {
      mlir::MLIRContext fresh(registry, mlir::MLIRContext::Threading::DISABLED);
      fresh.loadAllAvailableDialects();
      auto module = importPt2(file, &fresh);
      if (!module)
        return std::string();
      if (bytes)
        *bytes = write(*module);
      // All but the name of the file, down to the hashes of weights.
      module->walk([](mlir::Operation *op) {
        op->removeAttr("aten.archive");
        op->removeAttr("aten.program");
      });
      return print(*module);
    };
    std::string bytes;
    const std::string before = printAgain(program, &bytes);
    ASSERT_FALSE(before.empty());
    ASSERT_FALSE(bytes.empty());
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(before, printAgain(path, nullptr));
  }
}

TEST_F(ExportPt2Test, TheSameModuleGivesTheSameBytes) {
  const std::string program =
      std::string(PT2E_TEST_DATA) + "/pt2/t214/cnn_dynbatch.pt2";
  auto first = importPt2(program, &context);
  auto second = importPt2(program, &context);
  const std::string bytes = write(*first);
  EXPECT_FALSE(bytes.empty());
  EXPECT_EQ(bytes, write(*second));
}

TEST_F(ExportPt2Test, WeightsOfOneNameGetNamesOfTheirOwn) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func @forward(%x: tensor<2xf32>) -> tensor<2xf32> {
      %a = aten.parameter "w.1" dense<1.0> : tensor<2xf32>
      %b = aten.parameter "w.1" dense<2.0> : tensor<2xf32>
      %c = aten.parameter "w" dense<3.0> : tensor<2xf32>
      %0 = aten.mul.Tensor %x, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      %1 = aten.mul.Tensor %0, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      %2 = aten.mul.Tensor %1, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %2 : tensor<2xf32>
    })",
                                                        &context);
  ASSERT_TRUE(module);
  auto again = read(write(*module));
  ASSERT_TRUE(again) << messages;
  const std::string text = print(*again);
  // `w` cannot be a tensor, as it is the module of `w.1`.
  for (const char *name :
       {"\"w.1\" dense<1.0", "\"w.1_1\" dense<2.0", "\"w_1\" dense<3.0"})
    EXPECT_NE(text.find(name), std::string::npos) << name << "\n" << text;
}

TEST_F(ExportPt2Test, SaysWhichOpHasNoForm) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    pt2e.site @add spec(#pt2e.spec<i8, -128 : 127, affine, static, "histogram">)
    func.func @forward(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
      %0 = pt2e.observe @add, %x : tensor<1x4xf32>
      return %0 : tensor<1x4xf32>
    })",
                                                        &context);
  ASSERT_TRUE(module);
  EXPECT_EQ(write(*module), "");
  EXPECT_NE(messages.find("'pt2e.observe' op has no form in an exported "
                          "PyTorch program"),
            std::string::npos)
      << messages;
}

} // namespace
} // namespace pt2e
