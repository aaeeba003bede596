// The identify message (libp2p specs, identify): what a peer tells about itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::identify {

inline constexpr std::size_t kMaxPartSize = 8 * 1024;  ///< of one message that is accepted
inline constexpr std::size_t kMaxParts = 10;
inline constexpr std::size_t kMaxProtocols = 1024;
inline constexpr std::size_t kMaxAddresses = 500;

struct Message {
  std::optional<Bytes> public_key;  ///< protobuf
  std::vector<Multiaddr> listen_addresses;
  std::vector<std::string> protocols;
  std::optional<Multiaddr> observed_address;  ///< of the one it was sent to
  std::string protocol_version;
  std::string agent;
  Bytes signed_record;  ///< envelope; empty: none
};

/// Adds one part to what earlier parts said: lists grow, single fields are replaced. Addresses that do not parse and
/// protocol names that no handler could have (empty, over 256 bytes, control characters) are passed over; addresses
/// beyond kMaxAddresses too. Errors: multiformats kBadProtobuf, kTooManyProtocols.
Result<void> merge_part(ByteView part, Message& into);

/// Encoded parts, each prefixed by its length, together ready to be sent. Each part is at most 4 KiB, which is what
/// rust-libp2p reads: long lists are spread over several, and a signed record that would not fit stands alone.
Bytes encode(const Message& message);

}  // namespace opwire::identify
