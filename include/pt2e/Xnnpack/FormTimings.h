/// \file
/// How long the forms of ops take on a machine, as a file that
/// `pt2e quantize --autotune` writes and `--xnn-choose-forms` reads:
///
///     {
///       "version": 1,
///       "cpu": "sapphirerapids",
///       "threads": 1,
///       "microseconds": [
///         {"op": "global_average_pooling2d (qint8 [1, 7, 7, 64]) -> ...",
///          "int8": 4.13, "float": 5.20}
///       ]
///     }
#ifndef PT2E_XNNPACK_FORMTIMINGS_H
#define PT2E_XNNPACK_FORMTIMINGS_H

#include <map>
#include <string>

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace pt2e::xnn {

/// Microseconds of one call of a program that has this op alone.
struct FormTiming {
  double codes = 0;   ///< on int8 codes
  double numbers = 0; ///< in float, with the conversions

  /// By 5 % at least: less is gone in the noise, and costs bytes.
  bool isFloatFaster() const { return numbers < 0.95 * codes; }
};

/// The times measured on one machine.
struct FormTimings {
  std::string cpu;                       ///< as LLVM calls it
  int threads = 1;                       ///< of the kernels
  std::map<std::string, FormTiming> ops; ///< by `formSignature`

  std::string json() const;

  /// From the text of a file. Errors name the line: it is no such file, of
  /// another version, a time is not above 0, or an op comes twice.
  static llvm::Expected<FormTimings> parse(llvm::StringRef text,
                                           const std::string &fileName);
  /// From a file of 16 MiB at most.
  static llvm::Expected<FormTimings> read(const std::string &fileName);
};

} // namespace pt2e::xnn

#endif // PT2E_XNNPACK_FORMTIMINGS_H
