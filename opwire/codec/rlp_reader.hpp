// RLP, reading side: records and packets of others. Only the shortest form of anything is taken, so that what is read
// has one encoding. Nothing is copied.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::codec::rlp {

/// Items one after another, as in a list. Errors of all: kBadRlp (an item of another kind, cut short, longer than it
/// need be; the reader is then fit for nothing more).
class Reader {
 public:
  explicit Reader(ByteView items) : rest_(items) {}

  bool empty() const noexcept { return rest_.empty(); }
  /// What has not been read.
  ByteView rest() const noexcept { return rest_; }
  Result<ByteView> bytes();
  /// At most 64 bits, without leading zeros.
  Result<std::uint64_t> uint();
  /// The items of a list.
  Result<Reader> list();
  /// Whatever comes next, as it is encoded.
  Result<ByteView> encoded();

 private:
  struct Item {
    bool is_list;
    ByteView encoded;
    ByteView payload;
  };
  Result<Item> next();

  ByteView rest_;
};

/// The items of the one list that the bytes are. Errors: kBadRlp, also for what follows it.
Result<Reader> read_list(ByteView encoded);

}  // namespace opwire::codec::rlp
