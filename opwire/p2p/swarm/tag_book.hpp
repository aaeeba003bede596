// The values of peers and what protects them, as PeerTags tells; time is an argument.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire::swarm {

class TagBook {
 public:
  static constexpr std::size_t kMaxPeers = 8192;
  static constexpr std::size_t kMaxTags = 64;  ///< of a peer; as many again protect it
  /// How long values of a peer wait for its connection.
  static constexpr Duration kEarly = std::chrono::minutes(2);

  explicit TagBook(std::function<bool(const PeerId&)> is_connected) : is_connected_(std::move(is_connected)) {}

  void protect(const PeerId& peer, std::string_view tag);
  void unprotect(const PeerId& peer, std::string_view tag);
  bool is_protected(const PeerId& peer) const { return protected_.contains(peer); }
  bool is_protected_by(const PeerId& peer, std::string_view tag) const;
  std::vector<PeerId> protected_by(std::string_view tag) const;

  void set(const PeerId& peer, std::string_view tag, int value, TimePoint now);
  void remove(const PeerId& peer, std::string_view tag);
  void define_decaying(DecayingTag tag, TimePoint now);
  void remove_decaying(std::string_view tag);
  /// The tag must be defined.
  void bump(const PeerId& peer, std::string_view tag, int by, TimePoint now);
  std::int64_t value(const PeerId& peer, TimePoint now) const;

  /// Its first connection stands: values that waited too long for that are forgotten.
  void on_connected(const PeerId& peer, TimePoint now);
  /// Its last connection has ended.
  void forget_values(const PeerId& peer) { valued_.erase(peer); }
  std::size_t valued_peers() const noexcept { return valued_.size(); }

 private:
  struct Definition {
    DecayingTag tag;
    TimePoint since;
    std::int64_t ticks(TimePoint now) const { return (now - since) / tag.interval; }
  };
  struct Value {
    std::string name;  // empty when decaying
    const Definition* decaying = nullptr;
    int value = 0;
    TimePoint changed{};  // when value was true
    bool is(std::string_view tag, bool decays) const {
      return decays ? decaying != nullptr && decaying->tag.name == tag : decaying == nullptr && name == tag;
    }
  };
  struct Valued {
    TimePoint touched;
    std::vector<Value> values;
  };

  static int value_at(const Value& value, TimePoint now);
  /// Null when there is no room.
  Value* find_or_add(const PeerId& peer, std::string_view tag, const Definition* decaying, TimePoint now);
  void erase_value(const PeerId& peer, std::string_view tag, bool decaying);
  static bool is_stale(const Valued& valued, TimePoint now) { return now - valued.touched >= kEarly; }
  void sweep(TimePoint now);

  const std::function<bool(const PeerId&)> is_connected_;
  std::map<std::string, Definition, std::less<>> definitions_;
  std::unordered_map<PeerId, std::vector<std::string>> protected_;
  std::unordered_map<PeerId, Valued> valued_;
};

}  // namespace opwire::swarm
