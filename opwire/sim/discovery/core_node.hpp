// A discv5 core on simulated datagrams, without a coroutine: thousands of them fit into one run.
#pragma once

#include "opwire/discv5/protocol.hpp"
#include "opwire/sim/discovery/datagrams.hpp"

namespace opwire::sim {

class CoreNode final : private DatagramReceiver, private discv5::DatagramSink, private discv5::ProtocolObserver {
 public:
  using RecordHandler = std::function<void(const discv5::RecordPtr&)>;

  /// The network outlives it. options are such that a core can be made of them. rng_seed: of all its chance.
  CoreNode(DatagramNet& network, const net::Endpoint& at, discv5::ProtocolOptions options, std::uint64_t rng_seed);
  ~CoreNode() override;
  CoreNode(const CoreNode&) = delete;
  CoreNode& operator=(const CoreNode&) = delete;

  /// Announces itself, and refreshes its table from now on. Others answer and check their tables only.
  void start();
  void lookup(const discv5::NodeId& target, discv5::Protocol::Done<discv5::LookupResult> done);
  void find_node(const discv5::Contact& node, std::vector<std::uint16_t> distances,
                 discv5::Protocol::Done<std::vector<discv5::RecordPtr>> done);
  void ping(const discv5::Contact& node, discv5::Protocol::Done<discv5::Pong> done);
  void vouch(const std::vector<discv5::RecordPtr>& records, TimePoint when);
  void add(const std::vector<discv5::RecordPtr>& records);

  const discv5::Protocol& protocol() const noexcept { return *protocol_; }
  const discv5::NodeId& id() const noexcept { return protocol_->local_record().id(); }
  const net::Endpoint& at() const noexcept { return at_; }
  /// Shared by all who hear of it.
  const discv5::RecordPtr& record() const noexcept { return record_; }
  discv5::Contact contact() const;
  /// Of every record that it had not seen lately.
  void set_record_handler(RecordHandler handler) { record_handler_ = std::move(handler); }

 private:
  void on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) override;
  void send(const net::Endpoint& to, ByteView datagram) override { network_.send(at_, to, datagram); }
  void on_record(const discv5::RecordPtr& record) override {
    if (record_handler_) record_handler_(record);
  }
  void on_timer();
  /// After everything that may have changed when the core wants to be woken.
  void arm();

  DatagramNet& network_;
  const net::Endpoint at_;
  SeededRng rng_;
  RecordHandler record_handler_;
  Timer timer_;
  TimePoint armed_for_ = TimePoint::max();
  std::unique_ptr<discv5::Protocol> protocol_;
  discv5::RecordPtr record_;
};

}  // namespace opwire::sim
