#include "opwire/discv5/service.hpp"
#include "opwire/opstack/discovery/peer_finder.hpp"
#include "opwire/sim/discovery/dialled_network.hpp"
#include "opwire/sim/discovery/search.hpp"

namespace opwire::sim {
namespace {

class OpwireSearch final : public Search {
 public:
  OpwireSearch(KademliaNetwork& network, std::uint32_t number, discv5::ProtocolOptions options, std::uint64_t seed)
      : rng_(seed),
        peers_(network.loop(), rng_, opstack::peer_id_of(*sign_record(options.key, network.place_of(number))), {}),
        finder_(peers_, rng_, opstack::PeerFinderOptions(kOwnChain)),
        service_(discv5::Service::make(network.loop(), rng_, network.datagrams().bind(network.place_of(number)).value(),
                                       std::move(options), &finder_)
                     .value()) {
    service_->start();
    finder_.start(*service_);
  }

  std::size_t known() const override { return finder_.status().candidates; }
  std::size_t connected() const override { return peers_.connected(); }
  std::uint64_t sent() const override { return service_->protocol().stats().sent; }
  Task<void> close() override {
    co_await finder_.close();
    co_await service_->close();
  }

 private:
  SeededRng rng_;
  DialledNetwork peers_;
  opstack::PeerFinder finder_;
  std::unique_ptr<discv5::Service> service_;
};

}  // namespace

void set_chain(discv5::ProtocolOptions& options, ChainId chain) {
  options.entries[opstack::kChainEntryKey] = opstack::encode(opstack::ChainEntry{chain, 0});
}

std::unique_ptr<Search> search_as_opwire(KademliaNetwork& network, std::uint32_t number,
                                         discv5::ProtocolOptions options, std::uint64_t seed) {
  return std::make_unique<OpwireSearch>(network, number, std::move(options), seed);
}

}  // namespace opwire::sim
