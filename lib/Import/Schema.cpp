#include "Schema.h"

using namespace llvm;

namespace pt2e {

bool SchemaReader::unionOf(function_ref<bool(StringRef)> branch) {
  size_t count = 0;
  bool ok = in.object([&](StringRef tag) {
    if (++count > 1)
      return in.fail("expected one tag, but got a second");
    return branch(tag);
  });
  if (ok && count == 0)
    return in.fail("expected one tag, but got none");
  return ok;
}

bool SchemaReader::unknownTag(StringRef tag) {
  return in.fail("unknown tag " + quoted(tag));
}

bool SchemaReader::require(bool present, StringRef field) {
  return present || in.fail("expected a field '" + field + "'");
}

bool SchemaReader::integers(std::vector<int64_t> &values) {
  return list(values, [&](int64_t &value) { return in.integer(value); });
}

bool SchemaReader::strings(std::vector<std::string> &values) {
  return list(values, [&](std::string &value) { return in.string(value); });
}

bool SchemaReader::scalarType(ScalarType &type) {
  int64_t number = 0;
  if (!in.integer(number))
    return false;
  if (!isScalarType(number) || number == 0)
    return in.fail("unknown scalar type " + Twine(number));
  type = static_cast<ScalarType>(number);
  return true;
}

bool SchemaReader::layout(Layout &layout) {
  int64_t number = 0;
  if (!in.integer(number))
    return false;
  if (number < 0 || number > static_cast<int64_t>(Layout::Strided))
    return in.fail("unknown layout " + Twine(number));
  layout = static_cast<Layout>(number);
  return true;
}

bool SchemaReader::memoryFormat(MemoryFormat &format) {
  int64_t number = 0;
  if (!in.integer(number))
    return false;
  if (number < 0 || number > static_cast<int64_t>(MemoryFormat::Preserve))
    return in.fail("unknown memory format " + Twine(number));
  format = static_cast<MemoryFormat>(number);
  return true;
}

bool SchemaReader::optionalInteger(std::optional<int64_t> &value) {
  value.reset();
  if (in.null())
    return true;
  return in.integer(value.emplace());
}

bool SchemaReader::device(Device &device) {
  bool hasType = false;
  return in.object([&](StringRef key) {
    if (key == "type") {
      hasType = true;
      return in.string(device.type);
    }
    if (key == "index")
      return optionalInteger(device.index);
    return in.skip();
  }) && require(hasType, "type");
}

bool SchemaReader::expression(SymbolicExpr &expr,
                              std::optional<int64_t> &hint) {
  bool hasText = false;
  return in.object([&](StringRef key) {
    if (key == "expr_str") {
      hasText = true;
      std::string text;
      if (!in.string(text))
        return false;
      SymbolicExpr &known = expressions[text];
      if (!known) {
        Expected<SymbolicExpr> parsed = SymbolicExpr::parse(text);
        if (!parsed)
          return in.fail(toString(parsed.takeError()));
        known = *parsed;
      }
      expr = known;
      return true;
    }
    if (key == "hint" && !in.null())
      return unionOf([&](StringRef tag) {
        if (tag == "as_int")
          return optionalInteger(hint);
        if (tag == "as_bool" || tag == "as_float")
          return in.skip();
        return unknownTag(tag);
      });
    return key == "hint" || in.skip();
  }) && require(hasText, "expr_str");
}

bool SchemaReader::symInt(SymInt &value) {
  return unionOf([&](StringRef tag) {
    if (tag == "as_int")
      return in.integer(value.value);
    if (tag != "as_expr")
      return unknownTag(tag);
    if (!expression(value.expr, value.hint))
      return false;
    // `Integer(3)` is as good as 3.
    if (value.expr.isInteger()) {
      value.value = value.expr.value();
      value.expr = SymbolicExpr();
    }
    return true;
  });
}

bool SchemaReader::tensorMeta(TensorMeta &meta) {
  bool hasType = false, hasSizes = false, hasStrides = false;
  auto dimensions = [&](std::vector<SymInt> &values) {
    return list(values, [&](SymInt &value) {
      if (values.size() > kMaxRank)
        return in.fail("more than " + Twine(kMaxRank) + " dimensions");
      if (!symInt(value))
        return false;
      return !(value.isStatic() && value.value < 0) ||
             in.fail("negative size or stride " + Twine(value.value));
    });
  };
  bool ok = in.object([&](StringRef key) {
    if (key == "dtype") {
      hasType = true;
      return scalarType(meta.dtype);
    }
    if (key == "sizes") {
      hasSizes = true;
      return dimensions(meta.sizes);
    }
    if (key == "strides") {
      hasStrides = true;
      return dimensions(meta.strides);
    }
    if (key == "storage_offset")
      return in.null() || symInt(meta.storageOffset);
    if (key == "requires_grad")
      return in.boolean(meta.requiresGrad);
    if (key == "device")
      return device(meta.device);
    if (key == "layout")
      return layout(meta.layout);
    return in.skip();
  });
  if (!ok || !require(hasType, "dtype") || !require(hasSizes, "sizes") ||
      !require(hasStrides, "strides"))
    return false;
  if (meta.sizes.size() != meta.strides.size())
    return in.fail("expected " + Twine(meta.sizes.size()) +
                   " strides, but got " + Twine(meta.strides.size()));
  if (meta.layout != Layout::Strided)
    return in.fail("expected the strided layout (7), but got " +
                   Twine(static_cast<int>(meta.layout)));
  return true;
}

bool SchemaReader::valueName(std::string &name) {
  if (!in.string(name))
    return false;
  return !name.empty() || in.fail("expected the name of a value");
}

bool SchemaReader::named(std::string &name) {
  bool hasName = false;
  return in.object([&](StringRef key) {
    if (key != "name")
      return in.skip();
    hasName = true;
    return valueName(name);
  }) && require(hasName, "name");
}

} // namespace pt2e
