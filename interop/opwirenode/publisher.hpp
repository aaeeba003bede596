// New blocks of any payload version that the chain's forks have a time for.
#pragma once

#include "interop/common/commands.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/node/node.hpp"

namespace opwire::interop {

class Publisher {
 public:
  Publisher(Loop& loop, node::Node& node);

  /// "count" blocks of "version", each the child of the last.
  Task<Result<void>> publish(Command command);
  /// The next block as gossip carries it ("hex", and "plain" within its snappy block), without publishing it.
  Task<Result<void>> build(Command command);
  /// "count" blocks from the first on, each at its own time, which are served then. The same "seed", the same blocks.
  Result<void> store(const Command& command);

 private:
  Result<opstack::Envelope> next(const Command& command);

  Loop& loop_;
  node::Node& node_;
  node::BlockBuilder builder_;
};

/// version, number, hash, parent_hash, timestamp, txs.
Fields describe_block(const opstack::Envelope& envelope);

}  // namespace opwire::interop
