// Our own record: signed anew, with a higher number, whenever what it says changes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "opwire/discv5/contact.hpp"

namespace opwire::discv5 {

/// Where others reach us. Zero ports are left out of the record.
struct Announced {
  std::optional<ByteArray<4>> ip4;
  std::optional<ByteArray<16>> ip6;
  std::uint16_t udp = 0;
  std::uint16_t tcp = 0;
  std::uint16_t udp6 = 0;  ///< 0: the same as udp
  bool operator==(const Announced&) const = default;

  /// 4 or 16 bytes.
  void set_ip(ByteView ip);
  /// That of our own socket, where it is public or loopback. A private one may be behind a router: others see another
  /// one, and tell it.
  void set_own_ip(ByteView ip);
};

class LocalRecord {
 public:
  /// private_key: 32 bytes. entries: byte strings that are not RLP yet. first_seq: higher than any that was used
  /// before; Unix milliseconds, as geth takes them, need no memory of it. Errors: kRecordTooLarge, crypto's kBadKey.
  static Result<LocalRecord> make(Bytes private_key, std::map<std::string, Bytes> entries, const Announced& announced,
                                  std::uint64_t first_seq);

  const NodeRecord& record() const noexcept { return *record_; }
  const RecordPtr& shared() const noexcept { return record_; }
  const Announced& announced() const noexcept { return announced_; }
  /// False when that is what it says already.
  bool announce(const Announced& announced);

 private:
  LocalRecord(Bytes private_key, std::map<std::string, Bytes> entries)
      : key_(std::move(private_key)), entries_(std::move(entries)) {}
  Result<RecordPtr> sign(const Announced& announced, std::uint64_t seq) const;

  Bytes key_;
  std::map<std::string, Bytes> entries_;
  Announced announced_;
  RecordPtr record_;
};

}  // namespace opwire::discv5
