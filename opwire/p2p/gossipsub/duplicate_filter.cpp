#include "opwire/p2p/gossipsub/duplicate_filter.hpp"

namespace opwire::gossipsub {
namespace {

constexpr std::size_t kEnds = 64;   // bytes taken from either end of the data
constexpr std::size_t kPlaces = 8;  // further places in between
constexpr std::size_t kPlace = 16;  // bytes at each
constexpr std::size_t kSampled = 2 * kEnds + kPlaces * kPlace;

/// Collects what is hashed.
class Sample {
 public:
  void word(std::uint64_t value) {
    store_le(bytes_.data() + size_, value);
    size_ += sizeof(value);
  }
  void bytes(ByteView data) {
    if (data.empty()) return;
    std::memcpy(bytes_.data() + size_, data.data(), data.size());
    size_ += data.size();
  }
  ByteView view() const { return {bytes_.data(), size_}; }

 private:
  ByteArray<kSampled + 16> bytes_;
  std::size_t size_ = 0;
};

}  // namespace

std::uint64_t DuplicateFilter::key_of(std::string_view topic, ByteView data) const noexcept {
  Sample sample;
  sample.word(hash_(as_bytes(topic)));
  sample.word(data.size());
  if (data.size() <= kSampled) {
    sample.bytes(data);
    return hash_(sample.view());
  }
  sample.bytes(data.first(kEnds));
  std::uint64_t place = hash_(sample.view());
  for (std::size_t i = 0; i < kPlaces; ++i) {
    place = place * 6364136223846793005u + 1442695040888963407u;
    sample.bytes(data.subspan((place >> 33) % (data.size() - kPlace), kPlace));
  }
  sample.bytes(data.last(kEnds));
  return hash_(sample.view());
}

MessagePtr DuplicateFilter::find(std::string_view topic, ByteView data) const {
  const auto found = by_key_.find(key_of(topic, data));
  if (found == by_key_.end()) return nullptr;
  const MessagePtr& candidate = found->second;
  return candidate->topic == topic && equal(candidate->data, data) ? candidate : nullptr;
}

void DuplicateFilter::add(MessagePtr message) {
  const std::uint64_t key = key_of(message->topic, message->data);
  by_key_.insert_or_assign(key, message);
  bytes_ += message->data.block_size();
  order_.push({beat_, key, std::move(message)});
  while (bytes_ > max_bytes_ && order_.size() > 1) drop_oldest();
}

void DuplicateFilter::shift() {
  ++beat_;
  while (!order_.empty() && order_.front().beat + lifetime_ <= beat_) drop_oldest();
}

void DuplicateFilter::drop_oldest() {
  const Slot& oldest = order_.front();
  bytes_ -= oldest.message->data.block_size();
  const auto found = by_key_.find(oldest.key);
  if (found != by_key_.end() && found->second == oldest.message) by_key_.erase(found);
  order_.pop();
}

}  // namespace opwire::gossipsub
