#include "cli/agents.hpp"

#include "cli/dialer.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::cli {
namespace {

constexpr std::size_t kAtOnce = 8;
constexpr auto kLimit = std::chrono::seconds(10);

struct Asking {
  Host& host;
  std::vector<const discv5::CrawledNode*> nodes;
  std::size_t next = 0;
  Agents agents;
};

Task<void> ask(Asking& asking, const discv5::NodeRecord& record) {
  const auto address = opstack::tcp_address(record, discv5::IpFamilies{true, true});
  if (!address || !opstack::chain_entry(record)) co_return;
  const PeerId peer = opstack::peer_id_of(record);
  std::string& agent = asking.agents[record.id()];
  Timer limit(asking.host.loop(), [&] { asking.host.network().disconnect(peer); });
  limit.arm_in(kLimit);
  const Result<void> connected = co_await asking.host.connect(address->with_peer(peer));
  if (!connected) co_return;
  const auto info = co_await asking.host.identify(peer);
  if (info) agent = info->agent;
  asking.host.network().disconnect(peer);
}

Task<void> work(Asking& asking) {
  while (asking.next < asking.nodes.size()) {
    const discv5::CrawledNode* const node = asking.nodes[asking.next++];
    co_await ask(asking, *node->record);
  }
}

}  // namespace

Task<Agents> ask_agents(Loop& loop, std::vector<const discv5::CrawledNode*> nodes) {
  const auto host = make_dialer(loop);
  Asking asking{*host, std::move(nodes), 0, {}};
  Scope scope(loop);
  for (std::size_t i = 0; i < kAtOnce; ++i) scope.spawn(work(asking));
  co_await scope.join();
  co_await host->close();
  co_return std::move(asking.agents);
}

}  // namespace opwire::cli
