// Any lines as blocks of an operator's, "+" and "-" before a peer, an address or a subnet: what is listed is what is
// blocked, what lies in a subnet is blocked too, and a list that is loaded from what the journal wrote is the same.
#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/block_list.hpp"
#include "opwire/opstack/reputation/disk_for_test.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack::reputation;
using multiformats::IpNetwork;

constexpr BlockListOptions kOptions{.max_peers = 4, .max_addresses = 4, .max_subnets = 4};

bool listed(const auto& list, const auto& item) {
  return std::ranges::find(list, item) != list.end();
}

void change(BlockList& blocks, std::string_view text, bool add) {
  if (const auto ip = Ip::parse_text(text)) {
    const bool blocked = add ? blocks.block_address(*ip).has_value() : (blocks.unblock_address(*ip), false);
    OPW_CHECK(listed(blocks.addresses(), *ip) == blocked);
    OPW_CHECK(!blocked || blocks.is_blocked(*ip));
  } else if (const auto subnet = IpNetwork::parse(text)) {
    const bool blocked = add ? blocks.block_subnet(*subnet).has_value() : (blocks.unblock_subnet(*subnet), false);
    OPW_CHECK(listed(blocks.subnets(), *subnet) == blocked);
    const std::string whole = subnet->to_string();
    OPW_CHECK(!blocked || blocks.is_blocked(Ip::parse_text(whole.substr(0, whole.find('/'))).value()));
  } else if (const auto peer = PeerId::parse_text(text)) {
    const bool blocked = add ? blocks.block_peer(*peer).has_value() : (blocks.unblock_peer(*peer), false);
    OPW_CHECK(listed(blocks.peers(), *peer) == blocked);
    OPW_CHECK(blocks.is_blocked(*peer) == blocked);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Journal journal;
  BlockList blocks(kOptions, &journal);
  Disk disk;
  std::string_view text = as_text({data, std::min<std::size_t>(size, 4096)});
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('+') || line.starts_with('-')) change(blocks, line.substr(1), line.front() == '+');
    if (line.starts_with('!')) disk.write(journal, line.size());
    OPW_CHECK(blocks.peers().size() <= 4 && blocks.addresses().size() <= 4 && blocks.subnets().size() <= 4);
  }
  disk.write_all(journal);
  BlockList loaded(kOptions);
  for (const Table table : {Table::kBlockedPeers, Table::kBlockedAddresses, Table::kBlockedSubnets}) {
    for (const auto& [key, value] : disk.entries(table)) OPW_CHECK(loaded.load(table, key, value).has_value());
  }
  OPW_CHECK(loaded.peers() == blocks.peers() && loaded.addresses() == blocks.addresses());
  OPW_CHECK(loaded.subnets() == blocks.subnets());
  return 0;
}
