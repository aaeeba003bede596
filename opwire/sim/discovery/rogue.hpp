// An attacker's node: real handshakes, a real record, and answers as its master likes.
#pragma once

#include <deque>
#include <unordered_map>

#include "opwire/discv5/message.hpp"
#include "opwire/discv5/sessions.hpp"
#include "opwire/sim/discovery/datagrams.hpp"
#include "opwire/sim/discovery/population.hpp"

namespace opwire::sim {

/// Made once, before any run: takes 0.2 ms.
struct Identity {
  Identity() = default;
  Identity(Bytes private_key, const net::Endpoint& where);

  Bytes key;
  net::Endpoint at;
  discv5::RecordPtr record;
};

class Rogue final : private DatagramReceiver {
 public:
  /// The records that it tells whoever asks for nodes at these distances from it; at most 16 are sent.
  using Tells = std::function<std::vector<discv5::RecordPtr>(const Rogue&, const std::vector<std::uint16_t>&)>;

  /// identity, network and rng outlive it. tells: null for a node that does not answer questions for nodes.
  Rogue(DatagramNet& network, const Identity& identity, Rng& rng, Tells tells);
  ~Rogue() override { network_.detach(identity_.at); }
  Rogue(const Rogue&) = delete;
  Rogue& operator=(const Rogue&) = delete;

  /// Under a session, which is made first where there is none: then the node learns the record.
  void ping(const discv5::Contact& node);
  const discv5::NodeId& id() const noexcept { return identity_.record->id(); }

 private:
  struct Opening {
    discv5::Contact to;
    Bytes message;
  };
  static constexpr std::size_t kOpenings = 64;  // that wait for a WHOAREYOU; the oldest are forgotten

  void on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) override;
  void on_challenge(const net::Endpoint& from, const discv5::Sessions::Challenge& challenge);
  void answer(const discv5::Peer& from, const discv5::Message& request);
  void send(const discv5::Peer& to, const discv5::Message& message);

  DatagramNet& network_;
  const Identity& identity_;
  Tells tells_;
  discv5::Sessions sessions_;
  std::deque<Opening> openings_;
};

/// What a clever one tells: of a directory, nodes at the distances that were asked for, in that order.
Rogue::Tells tells_of(const Directory& directory, Rng& rng);

}  // namespace opwire::sim
