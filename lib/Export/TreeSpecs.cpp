// The nesting of inputs and outputs, from the names that the import gave them.
#include "ProgramBuilder.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace pt2e;

namespace {
/// A container's children by key, or a leaf. Keys are `[0]` or `name`.
struct Tree {
  std::vector<std::pair<std::string, Tree>> children;
  bool isLeaf = false;

  bool isSequence() const {
    for (size_t i = 0; i < children.size(); ++i)
      if (children[i].first != "[" + std::to_string(i) + "]")
        return false;
    return true;
  }
};
} // namespace

/// The first key of a path: `[1]`, or a name up to the next bracket or point.
static StringRef takeKey(StringRef &path) {
  path.consume_front(".");
  const size_t end =
      path.starts_with("[") ? path.find(']') + 1 : path.find_first_of(".[", 1);
  StringRef key = path.substr(0, end);
  path = end == StringRef::npos ? "" : path.substr(end);
  return key;
}

/// Adds a leaf behind the last one. False if the names are no tree in order.
static bool addLeaf(Tree &tree, StringRef path) {
  if (path.empty()) {
    const bool isFree = tree.children.empty() && !tree.isLeaf;
    tree.isLeaf = true;
    return isFree;
  }
  if (tree.isLeaf)
    return false;
  const StringRef key = takeKey(path);
  if (key.empty())
    return false;
  if (tree.children.empty() || tree.children.back().first != key) {
    for (const auto &child : tree.children)
      if (child.first == key)
        return false;
    tree.children.push_back({key.str(), {}});
  }
  return addLeaf(tree.children.back().second, path);
}

/// Whether every container is a sequence or a mapping.
static bool isRegular(const Tree &tree) {
  const bool hasIndex = any_of(tree.children, [](const auto &child) {
    return StringRef(child.first).starts_with("[");
  });
  return (!hasIndex || tree.isSequence()) &&
         all_of(tree.children,
                [](const auto &child) { return isRegular(child.second); });
}

static void write(const Tree &tree, raw_ostream &out) {
  if (tree.isLeaf) {
    out << R"({"type": null, "context": null, "children_spec": []})";
    return;
  }
  if (tree.isSequence()) {
    out << R"({"type": "builtins.tuple", "context": "null", "children_spec": [)";
  } else {
    json::Array keys;
    for (const auto &child : tree.children)
      keys.push_back(child.first);
    std::string context;
    raw_string_ostream(context) << json::Value(std::move(keys));
    out << R"({"type": "builtins.dict", "context": )" << json::Value(context)
        << R"(, "children_spec": [)";
  }
  interleave(
      tree.children, out, [&](const auto &child) { write(child.second, out); },
      ", ");
  out << "]}";
}

/// A tuple of leaves: for names that are no tree.
static Tree flatTree(size_t count) {
  Tree tree;
  for (size_t i = 0; i < count; ++i) {
    Tree leaf;
    leaf.isLeaf = true;
    tree.children.push_back({"[" + std::to_string(i) + "]", leaf});
  }
  return tree;
}

std::string pt2e::inputTreeSpec(ArrayRef<std::string> names,
                                std::vector<std::string> &argumentNames) {
  Tree tree;
  bool isTree = true;
  for (const std::string &name : names)
    isTree = isTree && !name.empty() && addLeaf(tree, name);
  // Arguments go by position; what is below them nests.
  isTree = isTree && all_of(tree.children, [](const auto &child) {
             return isRegular(child.second) &&
                    !StringRef(child.first).starts_with("[");
           });
  argumentNames.clear();
  if (!isTree) {
    tree = flatTree(names.size());
    for (size_t i = 0; i < names.size(); ++i)
      argumentNames.push_back("arg" + std::to_string(i));
  } else {
    for (const auto &child : tree.children)
      argumentNames.push_back(child.first);
  }
  std::string text;
  raw_string_ostream out(text);
  out << R"([1, {"type": "builtins.tuple", "context": "null", "children_spec": [)"
      << R"({"type": "builtins.tuple", "context": "null", "children_spec": [)";
  interleave(
      tree.children, out, [&](const auto &child) { write(child.second, out); },
      ", ");
  out << R"(]}, {"type": "builtins.dict", "context": "[]", "children_spec": []}]}])";
  return text;
}

std::string pt2e::outputTreeSpec(ArrayRef<std::string> names) {
  Tree tree;
  bool isTree = true;
  if (names.size() == 1 && names[0] == "output")
    tree.isLeaf = true;
  else
    for (const std::string &name : names)
      isTree = isTree && !name.empty() && addLeaf(tree, name);
  if (!isTree || !isRegular(tree))
    tree = flatTree(names.size());
  std::string text;
  raw_string_ostream out(text);
  out << "[1, ";
  write(tree, out);
  out << "]";
  return text;
}
