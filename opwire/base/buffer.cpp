#include "opwire/base/buffer.hpp"

#include <algorithm>
#include <new>

#include "opwire/base/check.hpp"

namespace opwire {

BlockPtr Block::make(std::size_t size) {
  void* memory = ::operator new(sizeof(Block) + size);
  return BlockPtr(new (memory) Block(size));
}

void Block::operator delete(void* block) noexcept {
  ::operator delete(block);
}

Buffer Buffer::uninitialized(std::size_t size) {
  BlockPtr block = Block::make(size);
  const MutableByteView bytes{block->data(), size};
  return {std::move(block), bytes};
}

Buffer Buffer::copy_of(ByteView bytes) {
  Buffer buffer = uninitialized(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.bytes_.data(), bytes.data(), bytes.size());
  return buffer;
}

Buffer Buffer::slice(std::size_t offset, std::size_t size) const {
  OPW_CHECK(offset <= bytes_.size() && size <= bytes_.size() - offset);
  return {block_, bytes_.subspan(offset, size)};
}

Buffer Buffer::take_front(std::size_t size) {
  Buffer front = slice(0, std::min(size, bytes_.size()));
  bytes_ = bytes_.subspan(front.size());
  return front;
}

}  // namespace opwire
