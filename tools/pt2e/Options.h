/// \file
/// Command lines of subcommands: positional arguments, `--name VALUE`,
/// `--name=VALUE`, lists (`--input a b c`) and `--flag`, with help.
#ifndef PT2E_TOOLS_PT2E_OPTIONS_H
#define PT2E_TOOLS_PT2E_OPTIONS_H

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace pt2e::tool {

/// What every subcommand returns to the shell.
enum Exit : int {
  kOk = 0,
  kFailed = 1, ///< the work failed: bad file, program refused, ...
  kUsage = 2,  ///< the command line is wrong
  kBeyond = 3, ///< the work is done, and a limit asked for is not kept
};

class Options {
public:
  /// \param command  "run"
  /// \param summary  one sentence, then perhaps more paragraphs.
  Options(std::string command, std::string summary);

  /// A positional argument that must be there, or a list of at least one that
  /// takes all that are left. `meta` is its name in the help: "M.pte".
  void positional(std::string meta, std::string &value, std::string help);
  void positional(std::string meta, std::vector<std::string> &value,
                  std::string help);

  /// The positional argument declared last may be absent; `value` stays.
  void optional();

  /// `--name META`; a `name` of one letter is `-n META`. A bool is a flag, a
  /// vector of strings a list that ends at the next option and may be given
  /// again, a vector of floats is separated by commas. Numbers may be
  /// hexadecimal; int64_t must fit exactly.
  void option(std::string name, std::string meta, std::string &value,
              std::string help);
  void option(std::string name, std::string meta, std::vector<std::string> &v,
              std::string help);
  void option(std::string name, std::string meta, int64_t &value,
              std::string help);
  void option(std::string name, std::string meta, std::optional<int64_t> &value,
              std::string help);
  void option(std::string name, std::string meta, std::optional<double> &value,
              std::string help);
  void option(std::string name, std::string meta,
              std::optional<std::vector<float>> &value, std::string help);
  /// NAME=SIZE with a size above 0, a list as that of strings.
  void option(std::string name, std::string meta,
              std::map<std::string, int64_t> &sizes, std::string help);
  /// `--name` or `--name=META`: an empty string without a value.
  void option(std::string name, std::string meta,
              std::optional<std::string> &value, std::string help);
  void flag(std::string name, bool &value, std::string help);

  /// The option declared last must be given.
  void required();

  /// The number declared last must be at least `min`.
  void atLeast(int64_t min);

  /// The string declared last must be one of `values`.
  void oneOf(std::vector<std::string> values);

  /// A line for the end of the help: a command, and what it does.
  void example(std::string command, std::string what);

  /// Parses everything behind the subcommand. If there is nothing left to do,
  /// because help was asked for or the command line is wrong, prints what is to
  /// be said and returns the exit code.
  std::optional<int> parse(absl::Span<const std::string> arguments);

  std::string help() const;

private:
  using Parser = std::function<absl::Status(const std::string &)>;
  struct Option {
    std::string name, meta, help;
    Parser parse; ///< none for flags
    bool *flag = nullptr;
    bool isList = false;
    bool takesNone = false; ///< a value only behind `=`
    bool isRequired = false;
    bool isGiven = false;
  };
  struct Positional {
    std::string meta, help;
    std::string *one = nullptr;
    std::vector<std::string> *many = nullptr;
    bool isOptional = false;
  };
  struct Example {
    std::string command, what;
  };

  void add(std::string name, std::string meta, std::string help, Parser parse,
           bool isList = false);
  Option *find(const std::string &name);
  absl::Status parseAll(absl::Span<const std::string> arguments);
  std::string usage() const;

  std::string command_, summary_;
  std::vector<Option> options_;
  std::vector<Positional> positionals_;
  std::vector<Example> examples_;
};

/// Exit code of a command that ended with `status`; an error is printed as
/// `pt2e COMMAND: message`.
int finish(const std::string &command, const absl::Status &status);

/// The same for what is wrong on the command line.
int refuse(const std::string &command, const absl::Status &status);

} // namespace pt2e::tool

#endif // PT2E_TOOLS_PT2E_OPTIONS_H
