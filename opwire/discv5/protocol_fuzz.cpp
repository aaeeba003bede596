// The whole core against sequences of datagrams, questions and passing time. The other side holds real keys, so that
// inputs get behind the encryption: it shakes hands, then sends the fuzzer's bytes as messages.
#include <cstdlib>

#include "opwire/discv5/network_for_test.hpp"

namespace opwire::discv5 {
namespace {

class Input {
 public:
  explicit Input(ByteView bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    const std::uint8_t value = bytes_.empty() ? 0 : bytes_.front();
    bytes_ = bytes_.subspan(bytes_.empty() ? 0 : 1);
    return value;
  }
  ByteView take(std::size_t count) {
    const ByteView taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  ByteView bytes_;
};

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace
}  // namespace opwire::discv5

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::discv5;
  Input input(ByteView(data, size));
  test::Network network;
  test::Node& victim = network.add(1, [](ProtocolOptions& options) {
    options.find_nodes = true;
    options.limits.sessions = 4;
    options.limits.challenges = 4;
    options.limits.requests = 16;
    options.limits.lookups = 4;
  });
  test::Node& other = network.add(2);
  test::Stranger stranger(network, 3);
  stranger.on_request = [&](const Message& request) -> std::vector<Message> {
    // Answers to what was asked, with records that the fuzzer chooses.
    if (!std::holds_alternative<FindNode>(request)) return {};
    Nodes nodes{request_id(request), input.byte(), {}};
    for (unsigned i = input.byte() % 4; i > 0; --i) nodes.records.push_back(to_bytes(input.take(input.byte())));
    if (input.byte() % 2 == 0) nodes.records.push_back(to_bytes(other.record()->encoded()));
    return {nodes};
  };
  Contact at_stranger{stranger.record_->id(), {}, stranger.at_, stranger.record_};
  std::copy_n(stranger.record_->public_key().begin(), 33, at_stranger.public_key.begin());
  victim.protocol->start(network.now);

  std::size_t asked = 0, answered = 0;
  for (unsigned step = 0; step < 64 && !input.empty(); ++step) {
    const TimePoint now = network.now;
    switch (input.byte() % 9) {
      case 0:
        stranger.send_datagram(victim.at, input.take(input.byte() * 6U));
        break;
      case 1:
        stranger.send(victim.contact(), to_bytes(input.take(input.byte() * 4U)));
        break;
      case 2:
        victim.protocol->add({stranger.sign(input.byte())}, now);
        break;
      case 3:
        ++asked;
        victim.protocol->ping(at_stranger, now, [&](const Result<Pong>&, TimePoint) { ++answered; });
        break;
      case 4:
        ++asked;
        victim.protocol->find_node(at_stranger, {input.byte(), 256}, now,
                                   [&](const Result<std::vector<RecordPtr>>&, TimePoint) { ++answered; });
        break;
      case 5:
        ++asked;
        victim.protocol->lookup(other.id(), now, [&](const Result<LookupResult>&, TimePoint) { ++answered; });
        break;
      case 6: {
        // What flies is damaged, or comes twice.
        if (network.flights.empty()) break;
        auto& flight = network.flights[input.byte() % network.flights.size()];
        if (!flight.bytes.empty()) flight.bytes[input.byte() % flight.bytes.size()] ^= input.byte();
        break;
      }
      case 7:
        if (network.flights.empty()) break;
        network.flights.push_back(network.flights[input.byte() % network.flights.size()]);
        network.flights.back().at = (network.flights.end() - 2)->at;
        break;
      default:
        network.run(std::chrono::milliseconds(input.byte() * 20));
    }
    require(victim.protocol->sessions() <= 8);
    require(victim.protocol->table().live() <= victim.protocol->table().size());
  }
  network.run(std::chrono::seconds(10));
  require(asked == answered);
  victim.protocol->close(network.now);
  return 0;
}
