// The queue under anything that may be put into it: bounded, ordered, and each block found as long as it is there.
#include <cstdlib>

#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/driver/payload_queue.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack;

constexpr std::size_t kMaxBytes = 12'000;

void require(bool holds) {
  if (!holds) std::abort();
}

void step(PayloadQueue& queue, std::uint8_t what, std::uint8_t which) {
  test::BlockShape shape;
  shape.branch = which >> 5;
  shape.extra_bytes = std::size_t{50} * (what & 0xf8);
  const Envelope envelope = test::block(1 + (which & 31), shape);
  const Hash256 hash = envelope.payload.block_hash;
  switch (what & 7) {
    case 0:
      queue.drop(hash);
      require(!queue.contains(hash));
      require(queue.child_of({hash, envelope.payload.number}) == nullptr || queue.size() > 0);
      return;
    case 1:
      queue.drop_up_to(envelope.payload.number);
      require(queue.lowest() == nullptr || queue.lowest()->envelope.payload.number > envelope.payload.number);
      return;
    default: {
      const bool known = queue.contains(hash);
      const auto origin = (what & 1) != 0 ? PayloadOrigin::kGossip : PayloadOrigin::kSync;
      const auto pushed = queue.push({envelope, std::nullopt, origin});
      require(!known || pushed.error().is(opstack::errors::kPayloadQueued));
      require(queue.contains(hash) == (known || pushed));
    }
  }
}

void check(const PayloadQueue& queue) {
  require(queue.bytes() <= kMaxBytes);
  require((queue.lowest() == nullptr) == (queue.size() == 0));
  require((queue.bytes() == 0) == (queue.size() == 0));
  if (queue.lowest() != nullptr) require(queue.lowest()->envelope.payload.number <= *queue.highest());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  PayloadQueueOptions options;
  options.max_bytes = kMaxBytes;
  options.sync_displaces_highest = (data[0] & 1) != 0;
  PayloadQueue queue(options);
  for (std::size_t at = 1; at + 1 < size && at < 600; at += 2) {
    step(queue, data[at], data[at + 1]);
    check(queue);
  }
  return 0;
}
