// What the disk has of a peer besides how it behaved: where it is, its key, what it speaks, what it calls itself; and
// its form there, a protobuf:
//
//   message KnownPeer {
//     message Address { bytes address = 1; uint64 until = 2; }   // binary multiaddr without /p2p; Unix seconds
//     repeated Address addresses = 1;                            // newest knowledge first
//     bytes key = 2;                                             // a PublicKey, where the id does not hold it
//     repeated string protocols = 3;
//     string agent = 4;
//     uint64 last_update = 5;                                    // Unix seconds
//     uint64 last_seen = 6;                                      // it was connected then; 0: never
//   }
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::node {

// What comes beyond it is left out.
inline constexpr std::size_t kMaxKnownAddresses = 16;
inline constexpr std::size_t kMaxKnownProtocols = 64;
inline constexpr std::size_t kMaxKnownText = 256;
/// No record is longer; a longer one is not read.
inline constexpr std::size_t kMaxKnownPeer = 64 * 1024;

struct KnownPeer {
  struct Address {
    Multiaddr address;
    WallTime until{};  ///< whole seconds
    bool operator==(const Address&) const = default;
  };
  std::vector<Address> addresses;  ///< newest knowledge first
  std::optional<crypto::PublicKey> key;
  std::vector<std::string> protocols;
  std::string agent;
  WallTime last_update{};  ///< whole seconds
  WallTime last_seen{};    ///< connected; whole seconds, zero: never
  bool operator==(const KnownPeer&) const = default;
};

/// Of a peer whose times are from 1970 on.
Bytes encode(const KnownPeer& known);
/// Addresses and fields that are not known here are passed over, for a later version may have written them. Errors:
/// kBadProtobuf; reputation's kRecordTooLong, kRecordTime, kRecordKey (the key is another peer's).
Result<KnownPeer> parse_known_peer(const PeerId& peer, ByteView record);

}  // namespace opwire::node
