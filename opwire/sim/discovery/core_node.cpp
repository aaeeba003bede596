#include "opwire/sim/discovery/core_node.hpp"

namespace opwire::sim {

CoreNode::CoreNode(DatagramNet& network, const net::Endpoint& at, discv5::ProtocolOptions options,
                   std::uint64_t rng_seed)
    : network_(network),
      at_(at),
      rng_(rng_seed),
      timer_(network.loop(), [this] { on_timer(); }),
      protocol_(discv5::Protocol::make(std::move(options), 1, rng_, *this, *this).value()),
      record_(std::make_shared<discv5::NodeRecord>(protocol_->local_record())) {
  network_.attach(at_, *this);
}

CoreNode::~CoreNode() {
  network_.detach(at_);
}

void CoreNode::start() {
  protocol_->start(network_.loop().now());
  arm();
}

void CoreNode::lookup(const discv5::NodeId& target, discv5::Protocol::Done<discv5::LookupResult> done) {
  protocol_->lookup(target, network_.loop().now(), std::move(done));
  arm();
}

void CoreNode::find_node(const discv5::Contact& node, std::vector<std::uint16_t> distances,
                         discv5::Protocol::Done<std::vector<discv5::RecordPtr>> done) {
  protocol_->find_node(node, std::move(distances), network_.loop().now(), std::move(done));
  arm();
}

void CoreNode::ping(const discv5::Contact& node, discv5::Protocol::Done<discv5::Pong> done) {
  protocol_->ping(node, network_.loop().now(), std::move(done));
  arm();
}

void CoreNode::vouch(const std::vector<discv5::RecordPtr>& records, TimePoint when) {
  protocol_->vouch(records, when);
  arm();
}

void CoreNode::add(const std::vector<discv5::RecordPtr>& records) {
  protocol_->add(records, network_.loop().now());
  arm();
}

discv5::Contact CoreNode::contact() const {
  return discv5::contact_of(record_, {}).value();
}

void CoreNode::on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) {
  protocol_->on_datagram(from, datagram, now);
  arm();
}

void CoreNode::on_timer() {
  armed_for_ = TimePoint::max();
  protocol_->on_time(network_.loop().now());
  arm();
}

void CoreNode::arm() {
  const TimePoint wake = protocol_->next_wake(network_.loop().now());
  if (wake >= armed_for_) return;
  armed_for_ = wake;
  timer_.arm(wake);
}

}  // namespace opwire::sim
