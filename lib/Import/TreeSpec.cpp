#include "TreeSpec.h"
#include "pt2e/Import/Json.h"

using namespace llvm;

namespace pt2e {

namespace {

struct Tree {
  std::string type; ///< empty: a leaf
  std::string context;
  std::vector<Tree> children;
};

class TreeReader {
public:
  TreeReader(StringRef spec, std::string context)
      : in(spec, std::move(context)) {}

  /// `[1, node]`.
  Expected<Tree> read() {
    Tree tree;
    size_t index = 0;
    bool ok = in.array([&] {
      if (index++ != 0)
        return index == 2 ? node(tree) : in.skip();
      int64_t version = 0;
      if (!in.integer(version))
        return false;
      return version == 1 ||
             in.fail("expected pytree version 1, but got " + Twine(version));
    });
    if (ok && in.end() && index != 2)
      in.fail("expected a version and a tree");
    if (Error error = in.takeError())
      return std::move(error);
    return tree;
  }

private:
  bool node(Tree &tree) {
    return in.object([&](StringRef key) {
      if (key == "type")
        return in.null() || in.string(tree.type);
      if (key == "context") {
        // Mostly a text that is JSON in turn.
        if (in.peek() == JsonReader::Kind::String)
          return in.string(tree.context);
        return in.skip();
      }
      if (key == "children_spec")
        return in.array([&] {
          tree.children.emplace_back();
          return node(tree.children.back());
        });
      return in.skip();
    });
  }

  JsonReader in;
};

/// The keys of a dict, or the name of a namedtuple, from a node's context.
/// Empty if it is neither: then children go by number.
std::vector<std::string> childNames(const Tree &tree,
                                    const FieldNames &fields) {
  std::vector<std::string> names;
  JsonReader in(tree.context, "");
  auto name = [&] {
    if (in.peek() == JsonReader::Kind::String)
      return in.string(names.emplace_back());
    int64_t number = 0;
    if (!in.integer(number))
      return false;
    names.push_back(std::to_string(number));
    return true;
  };
  bool isDict =
      tree.type == "builtins.dict" || tree.type == "collections.OrderedDict";
  if (isDict && !(in.array(name) && in.end()))
    names.clear();
  if (tree.type == "collections.namedtuple") {
    std::string type = tree.context;
    if (in.peek() == JsonReader::Kind::String)
      in.string(type);
    if (auto it = fields.find(type); it != fields.end())
      names = it->second;
  }
  consumeError(in.takeError());
  if (names.size() != tree.children.size())
    names.clear();
  return names;
}

class LeafNames {
public:
  explicit LeafNames(const FieldNames &fields) : fields(fields) {}

  void add(const Tree &tree, const std::string &path) {
    if (tree.type.empty()) {
      grow(path);
      return;
    }
    std::vector<std::string> names = childNames(tree, fields);
    for (size_t i = 0; i < tree.children.size() && !isTooLarge; ++i) {
      std::string child = path;
      if (names.empty())
        child += "[" + std::to_string(i) + "]";
      else
        child += (path.empty() ? "" : ".") + names[i];
      add(tree.children[i], child);
    }
  }

  /// Empty if the names would take more than 64 MiB: paths repeat.
  std::vector<std::string> take() {
    if (isTooLarge)
      leaves.clear();
    return std::move(leaves);
  }

private:
  void grow(const std::string &path) {
    bytes += path.size() + sizeof(std::string);
    isTooLarge |= bytes > (64 << 20);
    if (!isTooLarge)
      leaves.push_back(path);
  }

  const FieldNames &fields;
  std::vector<std::string> leaves;
  size_t bytes = 0;
  bool isTooLarge = false;
};

} // namespace

Expected<std::vector<std::string>>
inputLeafNames(StringRef spec, const std::vector<std::string> &names,
               const FieldNames &fields, std::string context) {
  Expected<Tree> tree = TreeReader(spec, std::move(context)).read();
  if (!tree)
    return tree.takeError();
  LeafNames leaves(fields);
  if (tree->children.size() == 2) {
    const std::vector<Tree> &positional = tree->children[0].children;
    for (size_t i = 0; i < positional.size(); ++i)
      leaves.add(positional[i],
                 i < names.size() ? names[i] : "arg" + std::to_string(i));
    leaves.add(tree->children[1], "");
  }
  return leaves.take();
}

Expected<std::vector<std::string>>
outputLeafNames(StringRef spec, const FieldNames &fields, std::string context) {
  Expected<Tree> tree = TreeReader(spec, std::move(context)).read();
  if (!tree)
    return tree.takeError();
  LeafNames leaves(fields);
  leaves.add(*tree, "");
  return leaves.take();
}

} // namespace pt2e
