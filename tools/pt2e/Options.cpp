#include "Options.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "fmt/format.h"

namespace pt2e::tool {
namespace {

std::string dashed(const std::string &name) {
  return (name.size() == 1 ? "-" : "--") + name;
}

absl::Status parseInt(const std::string &text, int64_t &value) {
  char *end = nullptr;
  errno = 0;
  const bool isHex = text.find("0x") != std::string::npos;
  const long long parsed = std::strtoll(text.c_str(), &end, isHex ? 16 : 10);
  if (text.empty() || *end || errno)
    return absl::InvalidArgumentError(
        fmt::format("expected a whole number, but got `{}`", text));
  value = parsed;
  return absl::OkStatus();
}

template <typename T>
absl::Status parseReal(const std::string &text, T &value) {
  char *end = nullptr;
  // Straight to f32 where f32 is wanted: no double rounding.
  if constexpr (std::is_same_v<T, float>)
    value = std::strtof(text.c_str(), &end);
  else
    value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end)
    return absl::InvalidArgumentError(
        fmt::format("expected a number, but got `{}`", text));
  return absl::OkStatus();
}

bool isOption(const std::string &argument) {
  // A single dash alone or before a digit is a value: -128.
  return argument.size() > 1 && argument[0] == '-' &&
         (argument[1] == '-' || std::isalpha(argument[1]));
}

} // namespace

Options::Options(std::string command, std::string summary)
    : command_(std::move(command)), summary_(std::move(summary)) {}

void Options::positional(std::string meta, std::string &value,
                         std::string help) {
  positionals_.push_back({std::move(meta), std::move(help), &value, nullptr});
}

void Options::positional(std::string meta, std::vector<std::string> &value,
                         std::string help) {
  positionals_.push_back({std::move(meta), std::move(help), nullptr, &value});
}

void Options::optional() { positionals_.back().isOptional = true; }

void Options::add(std::string name, std::string meta, std::string help,
                  Parser parse, bool isList) {
  Option option;
  option.name = std::move(name);
  option.meta = std::move(meta);
  option.help = std::move(help);
  option.parse = std::move(parse);
  option.isList = isList;
  options_.push_back(std::move(option));
}

void Options::option(std::string name, std::string meta, std::string &value,
                     std::string help) {
  add(std::move(name), std::move(meta), std::move(help),
      [&value](const std::string &text) {
        value = text;
        return absl::OkStatus();
      });
}

void Options::option(std::string name, std::string meta,
                     std::vector<std::string> &v, std::string help) {
  add(
      std::move(name), std::move(meta), std::move(help),
      [&v](const std::string &text) {
        v.push_back(text);
        return absl::OkStatus();
      },
      /*isList=*/true);
}

void Options::option(std::string name, std::string meta, int64_t &value,
                     std::string help) {
  add(std::move(name), std::move(meta), std::move(help),
      [&value](const std::string &text) { return parseInt(text, value); });
}

void Options::option(std::string name, std::string meta,
                     std::optional<int64_t> &value, std::string help) {
  add(std::move(name), std::move(meta), std::move(help),
      [&value](const std::string &text) {
        return parseInt(text, value.emplace());
      });
}

void Options::option(std::string name, std::string meta,
                     std::optional<double> &value, std::string help) {
  add(std::move(name), std::move(meta), std::move(help),
      [&value](const std::string &text) {
        return parseReal(text, value.emplace());
      });
}

void Options::option(std::string name, std::string meta,
                     std::optional<std::vector<float>> &value,
                     std::string help) {
  add(std::move(name), std::move(meta), std::move(help),
      [&value](const std::string &text) {
        value.emplace();
        for (size_t begin = 0; begin <= text.size();) {
          const size_t end = std::min(text.find(',', begin), text.size());
          absl::Status status =
              parseReal(text.substr(begin, end - begin), value->emplace_back());
          if (!status.ok())
            return status;
          begin = end + 1;
        }
        return absl::OkStatus();
      });
}

void Options::option(std::string name, std::string meta,
                     std::map<std::string, int64_t> &sizes, std::string help) {
  add(
      std::move(name), std::move(meta), std::move(help),
      [&sizes](const std::string &text) {
        const size_t equals = std::min(text.find('='), text.size());
        int64_t size = 0;
        if (equals == 0 || equals == text.size() ||
            !parseInt(text.substr(equals + 1), size).ok() || size < 1)
          return absl::InvalidArgumentError(fmt::format(
              "expected NAME=SIZE with a size above 0, but got `{}`", text));
        sizes[text.substr(0, equals)] = size;
        return absl::OkStatus();
      },
      /*isList=*/true);
}

void Options::option(std::string name, std::string meta,
                     std::optional<std::string> &value, std::string help) {
  add(std::move(name), std::move(meta), std::move(help),
      [&value](const std::string &text) {
        value = text;
        return absl::OkStatus();
      });
  options_.back().takesNone = true;
}

void Options::flag(std::string name, bool &value, std::string help) {
  add(std::move(name), "", std::move(help), nullptr);
  options_.back().flag = &value;
}

void Options::required() { options_.back().isRequired = true; }

void Options::atLeast(int64_t min) {
  Option &option = options_.back();
  option.parse = [min, parse = std::move(option.parse)](
                     const std::string &text) -> absl::Status {
    int64_t value = 0;
    if (absl::Status status = parseInt(text, value); !status.ok())
      return status;
    if (value < min)
      return absl::InvalidArgumentError(
          fmt::format("expected at least {}, but got {}", min, value));
    return parse(text);
  };
}

void Options::oneOf(std::vector<std::string> values) {
  Option &option = options_.back();
  option.parse = [values = std::move(values), parse = std::move(option.parse)](
                     const std::string &text) -> absl::Status {
    if (std::find(values.begin(), values.end(), text) == values.end())
      return absl::InvalidArgumentError(fmt::format(
          "expected {}, but got `{}`", fmt::join(values, ", "), text));
    return parse(text);
  };
}

void Options::example(std::string command, std::string what) {
  examples_.push_back({std::move(command), std::move(what)});
}

Options::Option *Options::find(const std::string &name) {
  for (Option &option : options_)
    if (dashed(option.name) == name)
      return &option;
  return nullptr;
}

absl::Status Options::parseAll(absl::Span<const std::string> arguments) {
  std::vector<std::string> words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string &argument = arguments[i];
    if (!isOption(argument)) {
      words.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    Option *option = find(name);
    if (!option)
      return absl::InvalidArgumentError(
          fmt::format("there is no option `{}`", name));
    option->isGiven = true;
    if (option->flag) {
      if (equals != std::string::npos)
        return absl::InvalidArgumentError(
            fmt::format("`{}` takes no value", name));
      *option->flag = true;
      continue;
    }
    std::vector<std::string> values;
    if (equals != std::string::npos)
      values.push_back(argument.substr(equals + 1));
    else if (option->takesNone)
      values.emplace_back();
    while (i + 1 < arguments.size() && !isOption(arguments[i + 1]) &&
           !option->takesNone && (values.empty() || option->isList))
      values.push_back(arguments[++i]);
    if (values.empty())
      return absl::InvalidArgumentError(
          fmt::format("expected {} behind `{}`", option->meta, name));
    for (const std::string &value : values)
      if (absl::Status status = option->parse(value); !status.ok())
        return absl::InvalidArgumentError(
            fmt::format("`{}`: {}", name, std::string(status.message())));
  }
  for (const Positional &positional : positionals_) {
    if (words.empty() && positional.isOptional)
      continue;
    if (words.empty())
      return absl::InvalidArgumentError(
          fmt::format("expected {}", positional.meta));
    if (positional.one) {
      *positional.one = words.front();
      words.erase(words.begin());
    } else {
      *positional.many = std::move(words);
      words.clear();
    }
  }
  if (!words.empty())
    return absl::InvalidArgumentError(
        fmt::format("unexpected argument `{}`", words.front()));
  for (const Option &option : options_)
    if (option.isRequired && !option.isGiven)
      return absl::InvalidArgumentError(
          fmt::format("expected `{} {}`", dashed(option.name), option.meta));
  return absl::OkStatus();
}

std::optional<int> Options::parse(absl::Span<const std::string> arguments) {
  for (const std::string &argument : arguments)
    if (argument == "--help" || argument == "-h") {
      fmt::print("{}", help());
      return kOk;
    }
  if (absl::Status status = parseAll(arguments); !status.ok()) {
    fmt::print(stderr, "pt2e {}: {} (see pt2e {} --help)\n", command_,
               std::string(status.message()), command_);
    return kUsage;
  }
  return std::nullopt;
}

std::string Options::usage() const {
  std::string text = "usage: pt2e " + command_;
  for (const Positional &positional : positionals_)
    text += positional.isOptional ? " [" + positional.meta + "]"
                                  : " " + positional.meta;
  for (const Option &option : options_)
    if (option.isRequired)
      text += fmt::format(" {} {}", dashed(option.name), option.meta);
  const bool hasMore =
      std::any_of(options_.begin(), options_.end(),
                  [](const Option &option) { return !option.isRequired; });
  return text + (hasMore ? " [OPTION...]\n" : "\n");
}

std::string Options::help() const {
  std::string text = usage() + "\n" + summary_ + "\n";
  const auto line = [&](const std::string &head, const std::string &help) {
    constexpr size_t kColumn = 28;
    text += "  " + head;
    text += head.size() + 3 > kColumn
                ? "\n" + std::string(kColumn, ' ')
                : std::string(kColumn - head.size() - 2, ' ');
    for (char c : help) {
      text += c;
      if (c == '\n')
        text.append(kColumn, ' ');
    }
    text += '\n';
  };
  text += "\n";
  for (const Positional &positional : positionals_)
    line(positional.meta, positional.help);
  for (const Option &option : options_)
    line(dashed(option.name) + (option.flag        ? ""
                                : option.takesNone ? "[=" + option.meta + "]"
                                                   : " " + option.meta),
         option.help);
  line("--help", "print this");
  text += "\nexit code: 0 done, 1 failed, 2 wrong command line";
  if (find_if(options_.begin(), options_.end(), [](const Option &option) {
        return option.name == "max-error";
      }) != options_.end())
    text += ", 3 beyond --max-error";
  text += "\n";
  if (!examples_.empty())
    text += "\nexamples:\n";
  for (const Example &example : examples_)
    text += fmt::format("  {}\n      {}\n", example.command, example.what);
  return text;
}

int refuse(const std::string &command, const absl::Status &status) {
  finish(command, status);
  return kUsage;
}

int finish(const std::string &command, const absl::Status &status) {
  if (status.ok())
    return kOk;
  std::string message(status.message());
  std::replace(message.begin(), message.end(), '\n', ' ');
  fmt::print(stderr, "pt2e {}: {}\n", command, message);
  return kFailed;
}

} // namespace pt2e::tool
