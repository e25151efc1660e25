#include "dialects/Aten/Schema.h"

#include <mutex>

#include "dialects/Aten/Aten.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace pt2e::aten;

namespace {
/// schemas.txt, one schema a line.
constexpr char kSchemas[] =
#include "dialects/Aten/schemas.inc"
    ;

/// The table: lines are indexed at first use, parsed one by one when asked for.
class SchemaTable {
public:
  static SchemaTable &get() {
    static SchemaTable table;
    return table;
  }

  const Schema *lookup(StringRef name) {
    std::lock_guard<std::mutex> lock(mutex);
    auto parsed = schemas.find(name);
    if (parsed != schemas.end())
      return &parsed->second;
    auto line = lines.find(name);
    if (line == lines.end())
      return nullptr;
    return &schemas.try_emplace(name, parse(line->second)).first->second;
  }

  static Schema parse(StringRef line);

private:
  SchemaTable() {
    StringRef rest(kSchemas);
    while (!rest.empty()) {
      auto [line, tail] = rest.split('\n');
      rest = tail;
      const size_t paren = line.find('(');
      if (paren != StringRef::npos && !line.starts_with("#"))
        lines.try_emplace(line.take_front(paren), line);
    }
  }

  /// The length in `int[2]`, 0 if there is none.
  static size_t fixedLength(StringRef type) {
    size_t length = 0;
    const size_t open = type.find('[');
    if (open != StringRef::npos)
      type.slice(open + 1, type.find(']')).getAsInteger(10, length);
    return length;
  }

  static SchemaArgument parseType(StringRef type) {
    using Kind = SchemaArgument::Kind;
    SchemaArgument argument{"", Kind::Other, false, false, false, std::nullopt};
    // `Tensor(a!)`, `Tensor(a -> *)`.
    if (size_t paren = type.find('('); paren != StringRef::npos) {
      const size_t close = type.find(')', paren);
      StringRef alias = type.slice(paren + 1, close).split(' ').first;
      argument =
          parseType((type.take_front(paren) + type.substr(close + 1)).str());
      argument.isWritten = alias.consume_back("!");
      argument.alias = alias.str();
      return argument;
    }
    argument.length = fixedLength(type);
    while (true) {
      if (type.consume_back("?")) {
        argument.isOptional = true;
      } else if (type.ends_with("]")) {
        type = type.take_front(type.rfind('['));
        argument.isList = true;
      } else {
        break;
      }
    }
    argument.kind = llvm::StringSwitch<Kind>(type)
                        .Case("Tensor", Kind::Tensor)
                        .Cases("int", "SymInt", Kind::Int)
                        .Cases("float", "SymFloat", Kind::Float)
                        .Cases("bool", "SymBool", Kind::Bool)
                        .Case("str", Kind::String)
                        .Case("Scalar", Kind::Scalar)
                        .Case("ScalarType", Kind::ScalarType)
                        .Cases("Layout", "Device", "MemoryFormat", "Generator",
                               Kind::Placement)
                        .Default(Kind::Other);
    return argument;
  }

  static SmallVector<StringRef> splitTopLevel(StringRef text) {
    SmallVector<StringRef> parts;
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i == text.size() || (text[i] == ',' && depth == 0)) {
        if (StringRef part = text.slice(start, i).trim(); !part.empty())
          parts.push_back(part);
        start = i + 1;
      } else if (text[i] == '(' || text[i] == '[') {
        ++depth;
      } else if (text[i] == ')' || text[i] == ']') {
        --depth;
      }
    }
    return parts;
  }

  std::mutex mutex;
  llvm::StringMap<StringRef> lines;
  llvm::StringMap<Schema> schemas;
};

Schema SchemaTable::parse(StringRef line) {
  Schema schema;
  auto [signature, returns] = line.split(") -> ");
  auto [name, arguments] = signature.split('(');
  schema.name = name.str();
  bool keywordOnly = false;
  for (StringRef text : splitTopLevel(arguments)) {
    if (text == "*") {
      keywordOnly = true;
      continue;
    }
    StringRef defaultText;
    std::tie(text, defaultText) = text.split('=');
    auto [type, argumentName] = text.rsplit(' ');
    SchemaArgument argument = parseType(type);
    argument.name = argumentName.str();
    argument.isKeywordOnly = keywordOnly;
    if (!defaultText.empty()) {
      argument.defaultText = defaultText.str();
      // `int[2] padding=0` means [0, 0].
      if (argument.length && argument.isList && !defaultText.starts_with("[") &&
          defaultText != "None") {
        SmallVector<StringRef> copies(argument.length, defaultText);
        argument.defaultText = "[" + llvm::join(copies, ", ") + "]";
      }
    }
    schema.arguments.push_back(std::move(argument));
  }
  if (returns.consume_front("("))
    returns.consume_back(")");
  for (StringRef text : splitTopLevel(returns))
    schema.returns.push_back(parseType(text.split(' ').first));
  return schema;
}

Attribute parseDefault(Builder &builder, SchemaArgument::Kind kind,
                       StringRef text) {
  using Kind = SchemaArgument::Kind;
  if (text == "True" || text == "False")
    return builder.getBoolAttr(text == "True");
  int64_t integer;
  double real;
  switch (kind) {
  case Kind::Int:
    return text.getAsInteger(10, integer) ? Attribute()
                                          : builder.getI64IntegerAttr(integer);
  case Kind::Float:
    return text.getAsDouble(real) ? Attribute() : builder.getF64FloatAttr(real);
  case Kind::Scalar:
    if (!text.getAsInteger(10, integer))
      return builder.getI64IntegerAttr(integer);
    return text.getAsDouble(real) ? Attribute() : builder.getF64FloatAttr(real);
  case Kind::String:
    return builder.getStringAttr(text.trim('"'));
  default:
    return {};
  }
}

/// The sizes of the operand groups of an op: one for each ODS operand.
SmallVector<int64_t> operandGroups(Operation *op, const Schema &schema,
                                   bool hasSymbols) {
  if (auto sizes = op->getAttrOfType<DenseI32ArrayAttr>("operandSegmentSizes"))
    return llvm::to_vector_of<int64_t>(sizes.asArrayRef());
  // Without segment sizes at most one group varies; it takes what is left.
  SmallVector<int64_t> groups;
  std::optional<size_t> varying;
  int64_t fixed = 0;
  for (const SchemaArgument &argument : schema.arguments) {
    if (argument.kind != SchemaArgument::Kind::Tensor)
      continue;
    if (argument.isList || argument.isOptional)
      varying = groups.size();
    else
      ++fixed;
    groups.push_back(1);
  }
  if (hasSymbols) {
    varying = groups.size();
    groups.push_back(1);
  }
  if (varying)
    groups[*varying] = op->getNumOperands() - fixed;
  return groups;
}
} // namespace

const SchemaArgument *Schema::find(StringRef name) const {
  for (const SchemaArgument &argument : arguments)
    if (argument.name == name)
      return &argument;
  return nullptr;
}

const Schema *pt2e::aten::lookupSchema(StringRef name) {
  return SchemaTable::get().lookup(name);
}

Schema pt2e::aten::parseSchema(StringRef line) {
  return SchemaTable::parse(line);
}

Attribute pt2e::aten::defaultValue(MLIRContext *context,
                                   const SchemaArgument &argument) {
  if (!argument.defaultText || *argument.defaultText == "None" ||
      argument.kind == SchemaArgument::Kind::Placement)
    return {};
  Builder builder(context);
  StringRef text = *argument.defaultText;
  if (!argument.isList)
    return parseDefault(builder, argument.kind, text);
  text.consume_front("[");
  text.consume_back("]");
  SmallVector<Attribute> items;
  for (StringRef item : llvm::split(text, ','))
    if (!item.trim().empty())
      items.push_back(parseDefault(builder, argument.kind, item.trim()));
  if (argument.kind == SchemaArgument::Kind::Int)
    return builder.getDenseI64ArrayAttr(
        llvm::map_to_vector(items, [](Attribute item) {
          return cast<IntegerAttr>(item).getInt();
        }));
  if (argument.kind == SchemaArgument::Kind::Float)
    return builder.getDenseF64ArrayAttr(
        llvm::map_to_vector(items, [](Attribute item) {
          return cast<FloatAttr>(item).getValueAsDouble();
        }));
  return builder.getArrayAttr(items);
}

std::string pt2e::aten::schemaName(Operation *op) {
  if (auto generic = dyn_cast<OperatorOp>(op))
    return generic.getName().str();
  if (!isa_and_nonnull<AtenDialect>(op->getDialect()))
    return "";
  return ("aten::" + op->getName().stripDialect()).str();
}

Operation *pt2e::aten::createOperator(OpBuilder &builder, Location loc,
                                      StringRef name,
                                      ArrayRef<OperatorArgument> arguments,
                                      TypeRange results) {
  const Schema *schema = lookupSchema(name);
  if (!schema) {
    emitError(loc) << "expected an operator of the schema table, but got '"
                   << name << "'";
    return nullptr;
  }
  for (const OperatorArgument &given : arguments)
    if (!schema->find(given.name)) {
      emitError(loc) << "expected arguments of " << name << ", but got '"
                     << given.name << "'";
      return nullptr;
    }
  std::optional<RegisteredOperationName> registered =
      name.starts_with("aten::")
          ? RegisteredOperationName::lookup(
                ("aten." + name.drop_front(6)).str(), builder.getContext())
          : std::nullopt;
  SmallVector<Value> operands, symbols;
  SmallVector<int32_t> segments;
  SmallVector<StringRef> tensors;
  NamedAttrList attributes;
  for (const SchemaArgument &argument : schema->arguments) {
    const OperatorArgument *given =
        llvm::find_if(arguments, [&](const OperatorArgument &candidate) {
          return candidate.name == argument.name;
        });
    if (given == arguments.end()) {
      if (!argument.defaultText && !argument.isOptional &&
          argument.kind != SchemaArgument::Kind::Placement) {
        emitError(loc) << "expected argument '" << argument.name << "' of "
                       << name;
        return nullptr;
      }
      given = nullptr;
    }
    if (given && !given->symbols.empty())
      llvm::append_range(symbols, given->symbols);
    if (argument.kind == SchemaArgument::Kind::Tensor) {
      const size_t count = given ? given->tensors.size() : 0;
      if (count)
        llvm::append_range(operands, given->tensors);
      segments.push_back(count);
      tensors.push_back(argument.name);
      // Of a list of optional tensors: which of them are present.
      if (given && given->attribute)
        attributes.set(argument.name, given->attribute);
      continue;
    }
    Attribute value =
        given ? given->attribute : defaultValue(builder.getContext(), argument);
    if (value && argument.kind != SchemaArgument::Kind::Placement)
      attributes.set(argument.name, value);
  }
  segments.push_back(symbols.size());
  llvm::append_range(operands, symbols);
  if (registered && !symbols.empty() && !registered->hasTrait<TakesSymbols>())
    registered.reset();

  OperationState state(loc, registered ? registered->getStringRef()
                                       : OperatorOp::getOperationName());
  state.addOperands(operands);
  state.addTypes(results);
  if (!registered) {
    state.addAttribute("name", builder.getStringAttr(name));
    state.addAttribute("tensors", builder.getStrArrayAttr(tensors));
    state.addAttribute("segments", builder.getDenseI32ArrayAttr(segments));
    state.addAttribute("arguments",
                       attributes.getDictionary(builder.getContext()));
    return builder.create(state);
  }
  ArrayRef<StringAttr> known = registered->getAttributeNames();
  for (NamedAttribute attribute : attributes)
    if (llvm::is_contained(known, attribute.getName()))
      state.addAttribute(attribute.getName(), attribute.getValue());
  if (llvm::is_contained(known, builder.getStringAttr("operandSegmentSizes"))) {
    segments.pop_back(); // the count of symbols, which such an op has not
    state.addAttribute("operandSegmentSizes",
                       builder.getDenseI32ArrayAttr(segments));
  }
  return builder.create(state);
}

OperandRange pt2e::aten::tensorArgument(Operation *op, StringRef name) {
  const OperandRange none = op->getOperands().take_front(0);
  int64_t start = 0;
  if (auto generic = dyn_cast<OperatorOp>(op)) {
    for (auto [tensor, size] :
         llvm::zip(generic.getTensors(), generic.getSegments())) {
      if (cast<StringAttr>(tensor) == name)
        return op->getOperands().slice(start, size);
      start += size;
    }
    return none;
  }
  const Schema *schema = lookupSchema(schemaName(op));
  if (!schema)
    return none;
  SmallVector<int64_t> groups =
      operandGroups(op, *schema, op->hasTrait<TakesSymbols>());
  size_t group = 0;
  for (const SchemaArgument &argument : schema->arguments) {
    if (argument.kind != SchemaArgument::Kind::Tensor)
      continue;
    if (argument.name == name)
      return op->getOperands().slice(start, groups[group]);
    start += groups[group++];
  }
  return none;
}

Attribute pt2e::aten::attributeArgument(Operation *op, StringRef name) {
  if (auto generic = dyn_cast<OperatorOp>(op))
    return generic.getArguments().get(name);
  return op->getAttr(name);
}

OperandRange pt2e::aten::symbolOperands(Operation *op) {
  int64_t count = 0;
  if (auto generic = dyn_cast<OperatorOp>(op)) {
    count = generic.getSegments().back();
  } else if (op->hasTrait<TakesSymbols>()) {
    count = llvm::count_if(op->getOperandTypes(),
                           [](Type type) { return type.isInteger(64); });
  }
  return op->getOperands().take_back(count);
}
