// Large blocks, used again and again: at their size, fresh memory costs more than what is done in it.
#pragma once

#include <vector>

#include "opwire/base/buffer.hpp"

namespace opwire::noise {

/// Hands out blocks of one size. Keeps up to `kept` of them; a block is free again when nobody else refers to it.
class BlockPool {
 public:
  BlockPool(std::size_t block_size, std::size_t kept) : block_size_(block_size), kept_(kept) {}

  BlockPtr take() {
    for (const BlockPtr& block : blocks_) {
      if (block->use_count() == 1) return block;
    }
    BlockPtr block = Block::make(block_size_);
    if (blocks_.size() < kept_) blocks_.push_back(block);
    return block;
  }

 private:
  std::size_t block_size_;
  std::size_t kept_;
  std::vector<BlockPtr> blocks_;
};

}  // namespace opwire::noise
