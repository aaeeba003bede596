// identify and ping.
#include <algorithm>

#include "interop/opwirepeer/dial.hpp"

namespace opwire::interop {
namespace {

template <class Range, class Text>
boost::json::array texts(const Range& range, Text text) {
  boost::json::array all;
  for (const auto& item : range) all.emplace_back(text(item));
  return all;
}

Fields describe(const identify::PeerInfo& info) {
  std::vector<std::string> protocols = info.protocols;
  std::sort(protocols.begin(), protocols.end());
  Fields fields{{"agent", info.agent},
                {"protocol_version", info.protocol_version},
                {"protocols", texts(protocols, [](const std::string& name) { return name; })},
                {"addrs", texts(info.addresses, [](const Multiaddr& address) { return address.to_string(); })},
                {"signed_record", info.has_signed_record}};
  if (info.observed_address) fields["observed"] = info.observed_address->to_string();
  return fields;
}

Task<Result<Fields>> identify_peer(Dialer& dialer, Peer& peer) {
  const Meter meter;
  OPW_CO_TRY(const identify::PeerInfo info, co_await peer.host().identify(dialer.peer_id));
  Fields fields = describe(info);
  fields["id"] = dialer.peer_id.to_string();
  if (const auto key = peer.host().network().peerstore().key(dialer.peer_id)) {
    fields["key_type"] = key_type_name(key->type());
  }
  if (const auto connection = peer.connection(dialer.peer_id)) {
    fields["security"] = connection->security;
    fields["muxer"] = connection->muxer;
  }
  stop(meter, fields);
  co_return fields;
}

Task<Result<Fields>> ping_peer(Dialer& dialer, Peer& peer) {
  const Meter meter;
  OPW_CO_TRY(const std::vector<Duration> samples, co_await peer.host().ping(dialer.peer_id, dialer.numbers[0]));
  Fields fields{{"count", samples.size()}};
  stop(meter, fields);
  add_latencies(samples, fields);
  co_return fields;
}

}  // namespace

Task<Result<Fields>> test_identify(Dialer& dialer) {
  return with_peer(dialer, identify_peer);
}
Task<Result<Fields>> test_ping(Dialer& dialer) {
  return with_peer(dialer, ping_peer);
}

}  // namespace opwire::interop
