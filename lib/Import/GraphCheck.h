/// \file
/// Checks that hold across the parts of a program.
#ifndef PT2E_LIB_IMPORT_GRAPHCHECK_H
#define PT2E_LIB_IMPORT_GRAPHCHECK_H

#include "pt2e/Import/ExportedProgram.h"

namespace pt2e {

/// Each value is defined once, before its uses, and has a type; types that
/// belong to no value are dropped. Nested graphs too.
llvm::Error checkValues(Graph &graph, const std::string &context);

/// Targets are of a known form. All others are reported together.
llvm::Error checkTargets(const Graph &graph, const std::string &context);

/// The signature has a spec per graph input and output, of the same names.
llvm::Error checkSignature(const ExportedProgram &program,
                           const std::string &context);

/// Each weight that an input stands for is there, of the claimed type and
/// sizes.
llvm::Error checkPayloads(const ExportedProgram &program);

} // namespace pt2e

#endif // PT2E_LIB_IMPORT_GRAPHCHECK_H
