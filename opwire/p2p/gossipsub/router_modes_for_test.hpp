// What the fuzzed router does beside the necessary, and limits so small that each is reached.
#pragma once

#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub::test {

inline constexpr unsigned kDirect = 1;  // the direct one, where there is one
inline constexpr std::size_t kMaxRpc = 32 * 1024;

/// What is in use, by the bits of one byte.
struct Modes {
  explicit Modes(unsigned bits)
      : scores(bits & 1),
        gater(bits & 2),
        direct(bits & 4),
        exchange(bits & 8),
        strict_sign(bits & 16),
        aliases(bits & 32),
        topicless(bits & 64),
        flood(bits & 128) {}
  bool scores, gater, direct, exchange, strict_sign, aliases, topicless, flood;
};

inline crypto::PrivateKey key_of(std::uint64_t seed) {
  SeededRng rng(seed);
  return crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng);
}

/// Three authors, of whom we are the first.
inline std::vector<Author> make_authors() {
  static const std::vector<crypto::PrivateKey> kKeys{key_of(1), key_of(2), key_of(3)};
  std::vector<Author> authors;
  for (const auto& key : kKeys) authors.emplace_back(key, 1);
  return authors;
}

inline void use(Params& params, const Modes& modes, const std::shared_ptr<Worth>& worth) {
  if (modes.scores) {
    params = scored_by(worth, std::move(params));
    TopicScoreParams topic;
    topic.weight = 1;
    topic.first_deliveries_weight = 1;
    topic.first_deliveries_decay = 0.5;
    topic.first_deliveries_cap = 5;
    topic.invalid_messages_weight = -1;
    topic.invalid_messages_decay = 0.5;
    params.scoring->params.topics["topic1"] = topic;
    params.scoring->params.max_retained = 2;
    params.scoring->params.max_delivery_records = 10;
  }
  if (modes.gater) {
    params.gater = PeerGaterParams();
    params.gater->threshold = 0.1;
    params.gater->max_retained = 2;
  }
  if (modes.direct) params.direct_peers = {peer_id(kDirect)};
  params.direct_connect_beats = 3;
  params.opportunistic_graft_beats = 4;
  params.peer_exchange = modes.exchange;
  params.px_peers = 2;
  params.flood_publish = modes.flood;
  if (modes.strict_sign) params.signing = SignaturePolicy::kStrictSign;
}

inline Params small_params() {
  Params params;
  params.d = 3;
  params.d_lo = 2;
  params.d_hi = 4;
  params.d_score = 2;
  params.d_out = 1;
  params.d_lazy = 2;
  params.max_rpc_size = kMaxRpc;
  params.max_topics_per_peer = 3;
  params.max_backoffs = 4;
  params.max_seen = 20;
  params.max_pending = 3;
  params.max_pending_per_topic = 2;
  params.max_cache_bytes = params.max_recent_bytes = params.max_pending_bytes = 5000;
  params.max_ihave_length = 6;
  params.max_ihave_messages = 3;
  params.idontwant_threshold = 50;
  params.max_idontwant_messages = 4;
  params.outbound.messages = 3;
  params.outbound.bytes = 3000;
  params.outbound.gossip_ids = 12;
  return params;
}

}  // namespace opwire::gossipsub::test
