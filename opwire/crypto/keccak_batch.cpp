#include "opwire/crypto/keccak_batch.hpp"

#include <algorithm>

#include "opwire/crypto/keccak_kernels.hpp"

namespace opwire::crypto {
namespace {

using keccak::kMaxLanes;
using keccak::kRate;
using keccak::kWords;
using Word = std::uint64_t;
using Message = Keccak256Batch::Message;

// A message on its way. Whole blocks are absorbed where they lie; the last one, and one that head and body share, are
// put together in block.
struct Lane {
  void start(const Message& what) noexcept {
    message = &what;
    absorbed = 0;
    last = false;
    next_run();
  }
  void next_run() noexcept {
    const std::size_t head = message->head.size();
    const std::size_t left = head + message->body.size() - absorbed;
    if (absorbed >= head && left >= kRate) {
      data = message->body.data() + (absorbed - head);
      blocks = left / kRate;
    } else {
      gather(std::min(left, kRate));
      data = block.data();
      blocks = 1;
      last = left < kRate;
    }
    absorbed += blocks * kRate;
  }
  // The next size bytes, padded where the message ends.
  void gather(std::size_t size) noexcept {
    const std::size_t of_head = message->head.size() - std::min(absorbed, message->head.size());
    const ByteView head = message->head.last(of_head).first(std::min(of_head, size));
    const ByteView body = message->body.subspan(absorbed + head.size() - message->head.size(), size - head.size());
    const auto end = std::ranges::copy(body, std::ranges::copy(head, block.begin()).out).out;
    if (size == kRate) return;
    std::fill(end, block.end(), std::uint8_t{0});
    block[size] |= 0x01;
    block[kRate - 1] |= 0x80;
  }

  const Message* message = nullptr;
  std::size_t absorbed = 0;
  const std::uint8_t* data = nullptr;
  std::size_t blocks = 0;
  bool last = false;
  ByteArray<kRate> block;
};

// The states of the messages under way, interleaved as the kernels want them.
class Lanes {
 public:
  explicit Lanes(std::size_t width) noexcept : width_(width) {
    for (std::size_t i = 0; i < kMaxLanes; ++i) order_[i] = &lanes_[i];
    std::fill_n(state_.begin(), kWords * width, Word{0});
  }

  std::size_t size() const noexcept { return size_; }
  std::size_t width() const noexcept { return width_; }
  Lane& operator[](std::size_t lane) noexcept { return *order_[lane]; }
  Word& word(std::size_t lane, std::size_t i) noexcept { return state_[i * width_ + lane]; }

  Lane& add() noexcept { return *order_[size_++]; }
  void restart(std::size_t lane, const Message& message) noexcept {
    for (std::size_t i = 0; i < kWords; ++i) word(lane, i) = 0;
    order_[lane]->start(message);
  }
  // The last one takes its place.
  void remove(std::size_t lane) noexcept {
    --size_;
    for (std::size_t i = 0; i < kWords; ++i) word(lane, i) = word(size_, i);
    std::swap(order_[lane], order_[size_]);
  }
  void narrow(std::size_t width) noexcept {
    for (std::size_t i = 0; i < kWords; ++i) {
      for (std::size_t lane = 0; lane < width; ++lane) state_[i * width + lane] = state_[i * width_ + lane];
    }
    width_ = width;
  }
  // As many blocks as all lanes have before them. Those without a message repeat what the first one hashes.
  void absorb(const keccak::Kernel& kernel) noexcept {
    std::size_t blocks = order_[0]->blocks;
    for (std::size_t i = 1; i < size_; ++i) blocks = std::min(blocks, order_[i]->blocks);
    std::array<const std::uint8_t*, kMaxLanes> data;
    for (std::size_t i = 0; i < width_; ++i) data[i] = order_[i < size_ ? i : 0]->data;
    keccak::Absorb* const absorb = width_ == 1 ? kernel.one : width_ == 4 ? kernel.four : kernel.eight;
    absorb(state_.data(), data.data(), blocks);
    for (std::size_t i = 0; i < size_; ++i) {
      order_[i]->data += blocks * kRate;
      order_[i]->blocks -= blocks;
    }
  }
  void write_digest(std::size_t lane) noexcept {
    std::uint8_t* const out = order_[lane]->message->digest->bytes.data();
    for (std::size_t i = 0; i < 4; ++i) store_le<Word>(out + 8 * i, word(lane, i));
  }

 private:
  alignas(64) std::array<Word, kWords * kMaxLanes> state_;
  std::array<Lane, kMaxLanes> lanes_;
  std::array<Lane*, kMaxLanes> order_;
  std::size_t width_;
  std::size_t size_ = 0;
};

// Beside a long message four lanes are enough: the others are done before it, and eight would slow it down.
std::size_t width_for(std::size_t lanes, bool beside, const keccak::Kernel& kernel) noexcept {
  if (lanes == 1) return 1;
  return lanes <= 4 || beside || kernel.eight == nullptr ? 4 : kMaxLanes;
}

}  // namespace

bool Keccak256Batch::has_lanes() noexcept {
  return keccak::kernel().four != nullptr;
}

void Keccak256Batch::run(std::span<const Message> messages) noexcept {
  if (messages.empty()) return;
  if (has_lanes()) return run_in_lanes(messages);
  for (const Message& message : messages) {
    *message.digest = Keccak256().update(message.head).update(message.body).finish();
  }
}

void Keccak256Batch::run_in_lanes(std::span<const Message> messages) noexcept {
  const keccak::Kernel& kernel = keccak::kernel();
  bool beside = beside_.size() >= kRate;
  Lanes lanes(width_for(messages.size() + (beside ? 1 : 0), beside, kernel));
  if (beside) {  // it is the first lane as long as it is one
    Lane& lane = lanes.add();
    lane.data = beside_.data();
    lane.blocks = beside_.size() / kRate;
    for (std::size_t i = 0; i < kWords; ++i) lanes.word(0, i) = hash_.state_[i];
  }
  const auto end_beside = [&] {
    for (std::size_t i = 0; i < kWords; ++i) hash_.state_[i] = lanes.word(0, i);
    beside_ = beside_.subspan(static_cast<std::size_t>(lanes[0].data - beside_.data()));
    beside = false;
  };
  auto next = messages.begin();
  while (lanes.size() < lanes.width() && next != messages.end()) lanes.add().start(*next++);
  while (lanes.size() > (beside ? 1 : 0)) {
    const std::size_t width = width_for(lanes.size(), beside, kernel);
    if (width < lanes.width()) lanes.narrow(width);
    lanes.absorb(kernel);
    for (std::size_t i = lanes.size(); i-- > 0;) {
      Lane& lane = lanes[i];
      if (lane.blocks > 0) continue;
      if (i == 0 && beside) {
        end_beside();
      } else if (lane.last) {
        lanes.write_digest(i);
      } else {
        lane.next_run();
        continue;
      }
      if (next != messages.end()) {
        lanes.restart(i, *next++);
      } else {
        lanes.remove(i);
      }
    }
  }
  if (beside) end_beside();
}

Hash256 Keccak256Batch::finish_beside() noexcept {
  hash_.update(beside_);
  beside_ = {};
  return hash_.finish();
}

}  // namespace opwire::crypto
