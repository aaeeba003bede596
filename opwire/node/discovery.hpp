// Discovery as a node has it: a socket, discv5, what is remembered of nodes, and the finder that dials.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "opwire/discv5/service.hpp"
#include "opwire/dns_tree/client.hpp"
#include "opwire/net/dns.hpp"
#include "opwire/node/config.hpp"
#include "opwire/opstack/discovery/peer_finder.hpp"
#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/worker_pool.hpp"
#include "opwire/store/node_database.hpp"

namespace opwire::node {

struct DiscoveryStatus {
  opstack::PeerFinderStatus finder;
  std::string record;  ///< what we announce
};

class Discovery final : public opstack::RecordSource {
 public:
  /// Binds the UDP socket; nothing is sent yet. host outlives it, and so does the store thread, which is needed for a
  /// database on the disk. resolver: null for the system's. Errors: a line for the user.
  static Result<std::unique_ptr<Discovery>, std::string> make(Host& host, const Config& config,
                                                              WorkerPool* store_thread,
                                                              std::unique_ptr<net::Resolver> resolver = nullptr);
  ~Discovery() override;

  /// Before start(): told of every record of our chain.
  void set_found(std::function<void(const PeerId&, const discv5::NodeRecord&)> found) { found_ = std::move(found); }
  /// Opens the database, resolves names (for as long as five seconds for each kind of them), and begins. Once. Errors:
  /// a line for the user.
  Task<Result<void, std::string>> start();
  /// Also while start() is under way, which then ends soon and with an error, or after it failed.
  Task<void> close();

  /// Of the DNS trees.
  Task<std::vector<discv5::RecordPtr>> more() override;

  /// Null before start().
  const discv5::Protocol* protocol() const noexcept;

  /// Peers from before, by their records' text: they may be dialled. What is no record is passed over. After start().
  void add(const std::vector<std::string>& records);
  /// How many connected peers are enough.
  void set_goal(std::size_t goal);
  /// Asks the network where the peer is now; what it answers goes to the peerstore, for static peers too. Nothing
  /// before start(), and for peers whose ids do not hold a secp256k1 key.
  Task<void> seek(PeerId peer);

  // After start().
  DiscoveryStatus status() const;
  const discv5::NodeRecord& record() const noexcept;

 private:
  Discovery(Host& host, const Config& config, WorkerPool* store_thread, std::unique_ptr<net::Resolver> resolver,
            std::unique_ptr<net::DatagramSocket> socket);
  Task<void> begin();
  Task<Result<void, std::string>> open_and_resolve();
  discv5::Announced announced() const;
  Result<void, std::string> make_service(const discv5::Announced& announced);
  Task<Result<void, std::string>> open_database();
  Task<void> find_bootnodes();
  /// Sets the address of --p2p.advertise.ip, where that is given; false when it is a name and does not resolve.
  Task<bool> resolve_address(discv5::Announced& announced);
  Task<void> keep_address();
  opstack::PeerFinderOptions finder_options() const;
  /// --p2p.netrestrict; null where everything is admitted.
  std::function<bool(const net::Endpoint&)> admits() const;

  Host& host_;
  const DiscoveryConfig config_;
  const ChainId chain_;
  std::size_t goal_;
  discv5::IpFamilies families_;
  Bytes key_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<net::DatagramSocket> socket_;  // until the service has it
  WorkerPool* store_thread_;
  std::function<void(const PeerId&, const discv5::NodeRecord&)> found_;
  std::unique_ptr<store::NodeDatabase> database_;
  std::unique_ptr<opstack::PeerFinder> finder_;
  std::unique_ptr<discv5::Service> service_;
  std::unique_ptr<dns_tree::TreeClient> trees_;
  bool resolved_ = false;  // --p2p.advertise.ip, at the last try
  bool closed_ = false;
  Result<void, std::string> begun_;  // of start()
  Scope starting_;
  Scope scope_;
};

}  // namespace opwire::node
