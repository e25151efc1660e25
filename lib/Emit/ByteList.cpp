#include "ByteList.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace pt2e::emit;
using llvm::ArrayRef;

void ByteList::append(std::vector<char> bytes) {
  total += bytes.size();
  chunks.push_back(owned.emplace_back(std::move(bytes)));
}

void ByteList::append(aten::ConstantData data) {
  total += data.bytes().size();
  chunks.push_back(constants.emplace_back(std::move(data)).bytes());
}

void ByteList::append(ByteList &&other) {
  appendView(other);
  // The chunks' bytes stay where they are when their owners move.
  std::move(other.owned.begin(), other.owned.end(), std::back_inserter(owned));
  std::move(other.constants.begin(), other.constants.end(),
            std::back_inserter(constants));
}

void ByteList::appendView(const ByteList &other) {
  total += other.total;
  chunks.insert(chunks.end(), other.chunks.begin(), other.chunks.end());
}

void ByteList::appendZeros(uint64_t count) {
  if (count)
    append(std::vector<char>(count));
}

void ByteList::alignTo(uint64_t alignment) {
  appendZeros(llvm::alignTo(total, alignment) - total);
}

void ByteList::write(llvm::raw_ostream &out) const {
  for (ArrayRef<char> chunk : chunks)
    out.write(chunk.data(), chunk.size());
}

bool ByteList::operator==(const ByteList &other) const {
  return total == other.total && chunks == other.chunks;
}

uint64_t BytesIndex::lookup(ArrayRef<char> bytes, uint64_t fresh) {
  const uint64_t hash = llvm::xxh3_64bits(ArrayRef<uint8_t>(
      reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
  auto &candidates = byHash[hash >> 1]; // the largest values are reserved
  for (const auto &[known, index] : candidates)
    if (known == bytes)
      return index;
  candidates.emplace_back(bytes, fresh);
  return fresh;
}
