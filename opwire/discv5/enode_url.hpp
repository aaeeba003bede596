// enode URLs: where a node is, without a signature. enode://<public key>@<host>:<tcp>?discport=<udp>
#pragma once

#include <string>
#include <string_view>

#include "opwire/base/result.hpp"
#include "opwire/discv5/node_record.hpp"

namespace opwire::discv5 {

class EnodeUrl {
 public:
  /// IPv6 may stand without brackets, as in op-node's own tests. Errors: kBadEnode.
  static Result<EnodeUrl> parse(std::string_view text);
  /// Of a node that is known by its record, at its IPv4 or else its IPv6 address. Errors: kBadEnode (it has none).
  static Result<EnodeUrl> of(const NodeRecord& record);
  std::string to_text() const;

  /// 33 bytes, compressed.
  ByteView public_key() const noexcept { return public_key_; }
  const NodeId& id() const noexcept { return id_; }

  std::string host;  ///< an IPv4 address, an IPv6 address without brackets, or a name
  std::uint16_t tcp = 0;
  std::uint16_t udp = 0;  ///< discport; without one, the same as tcp

 private:
  EnodeUrl(const ByteArray<33>& public_key, const NodeId& id) : public_key_(public_key), id_(id) {}

  ByteArray<33> public_key_;
  NodeId id_;
};

}  // namespace opwire::discv5
