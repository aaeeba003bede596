#include "opwire/discv5/local_record.hpp"

#include <algorithm>

#include "opwire/discv5/errors.hpp"
#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::discv5 {

void Announced::set_ip(ByteView ip) {
  if (ip.size() == 4) {
    std::ranges::copy(ip, ip4.emplace().begin());
  } else {
    std::ranges::copy(ip, ip6.emplace().begin());
  }
}

void Announced::set_own_ip(ByteView ip) {
  if (multiformats::is_public_ip(ip) || multiformats::is_loopback_ip(ip)) set_ip(ip);
}

Result<LocalRecord> LocalRecord::make(Bytes private_key, std::map<std::string, Bytes> entries,
                                      const Announced& announced, std::uint64_t first_seq) {
  LocalRecord local(std::move(private_key), std::move(entries));
  // An address that comes later must fit as well.
  const Announced largest{ByteArray<4>{}, ByteArray<16>{}, UINT16_MAX, UINT16_MAX, UINT16_MAX - 1};
  OPW_TRYV(local.sign(largest, first_seq));
  OPW_TRY(local.record_, local.sign(announced, first_seq));
  local.announced_ = announced;
  return local;
}

Result<RecordPtr> LocalRecord::sign(const Announced& announced, std::uint64_t seq) const {
  NodeRecordDraft draft;
  for (const auto& [key, value] : entries_) draft.set(key, value);
  if (announced.ip4) draft.set("ip", *announced.ip4);
  if (announced.ip6) draft.set("ip6", *announced.ip6);
  if (announced.udp != 0) draft.set("udp", announced.udp);
  if (announced.tcp != 0) draft.set("tcp", announced.tcp);
  if (announced.ip6 && announced.udp6 != 0 && announced.udp6 != announced.udp) draft.set("udp6", announced.udp6);
  OPW_TRY(NodeRecord record, draft.sign(key_, seq));
  return RecordPtr(std::make_shared<NodeRecord>(std::move(record)));
}

bool LocalRecord::announce(const Announced& announced) {
  if (announced == announced_) return false;
  record_ = sign(announced, record_->seq() + 1).value();  // it fitted before
  announced_ = announced;
  return true;
}

}  // namespace opwire::discv5
