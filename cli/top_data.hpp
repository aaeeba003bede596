// What `opwire top` shows, as read from a node's answers. Whatever is missing in them is zero or absent: the node may
// be of another version.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "opwire/base/time.hpp"

namespace opwire::cli {

struct TopBlock {
  std::uint64_t number = 0;
  std::uint64_t timestamp = 0;   ///< Unix seconds
  std::string hash;              ///< 0x…
  std::string from;              ///< the peer that was first
  std::uint64_t bytes = 0;       ///< as gossiped
  std::optional<Duration> late;  ///< from its timestamp to its arrival
  std::uint64_t checked_us = 0;  ///< how long the checks took
};

struct TopPeer {
  std::string id;
  std::string agent;
  std::string address;
  std::uint64_t direction = 0;  ///< go-libp2p's: 1 inbound, 2 outbound
  double score = 0;
  double latency_ns = 0;  ///< 0: not measured yet
  bool gossips = false;   ///< subscribed to a blocks topic
};

struct TopTopic {
  std::string name;
  std::uint64_t mesh = 0;
  std::uint64_t peers = 0;
};

struct TopHead {
  std::uint64_t number = 0;
  std::uint64_t timestamp = 0;
};

struct TopSync {
  std::uint64_t wanted = 0;
  std::uint64_t proved = 0;
  std::uint64_t peers = 0;
  std::uint64_t seconds = 0;
};

struct TopDiscovery {
  std::uint64_t table = 0;
  std::uint64_t live = 0;
  std::uint64_t candidates = 0;
};

struct TopData {
  std::string version;
  std::string chain;
  std::uint64_t chain_id = 0;
  std::string peer_id;
  std::optional<TopHead> gossiped;  ///< the newest accepted block
  std::optional<TopHead> head;      ///< the engine's
  std::optional<TopHead> safe;
  std::optional<TopHead> finalized;
  std::optional<TopSync> sync;
  std::optional<TopDiscovery> discovery;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  std::uint64_t throttled = 0;
  std::uint64_t equivocations = 0;
  std::string clock;  ///< empty: the node does not watch it
  std::optional<double> skew_ms;
  std::uint64_t connected = 0;
  std::uint64_t known = 0;
  std::uint64_t banned = 0;
  std::vector<TopTopic> topics;
  std::vector<TopBlock> blocks;  ///< the newest first
  std::vector<TopPeer> peers;    ///< the highest score first
};

/// Results of opwire_status, opp2p_peerStats, opp2p_peers(true) and opwire_lastBlocks.
struct TopAnswers {
  boost::json::value status;
  boost::json::value stats;
  boost::json::value peers;
  boost::json::value blocks;
};
TopData read_top(const TopAnswers& answers);

}  // namespace opwire::cli
