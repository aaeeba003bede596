// The protocols that a multiaddr may name: their names, and how their values look in bytes and in text.
#pragma once

#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::multiformats {

struct ProtocolInfo {
  static constexpr int kVariable = -1;

  Protocol protocol;
  std::string_view name;  ///< a literal
  int size;               ///< of the value in bytes; kVariable: has a length in front
  // The functions are null where there is no value; valid is null where every value of that size is.
  bool (*valid)(ByteView value) = nullptr;
  std::string (*to_text)(ByteView value) = nullptr;
  Result<Bytes> (*from_text)(std::string_view text) = nullptr;  ///< the result may yet be invalid
};

/// Null for a protocol that is not known here.
const ProtocolInfo* find_protocol(std::uint64_t code) noexcept;
/// By name; "ipfs", the old name of "p2p", is understood.
const ProtocolInfo* find_protocol(std::string_view name) noexcept;

}  // namespace opwire::multiformats
