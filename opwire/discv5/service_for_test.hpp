// Services on loopback sockets, for tests that want the shell and not the core alone.
#pragma once

#include <functional>
#include <memory>

#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/service.hpp"

namespace opwire::discv5::test {

/// With a fresh key, announced at 127.0.0.1; change may set further options. Not started.
inline std::unique_ptr<Service> make_loopback_service(Loop& loop, Rng& rng,
                                                      const std::function<void(ProtocolOptions&)>& change = {}) {
  constexpr ByteArray<4> kLoopback{127, 0, 0, 1};
  auto socket = net::bind_udp(loop, net::Endpoint(kLoopback, 0), kMaxPacket).value();
  ProtocolOptions options(to_bytes(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).data()));
  options.announced.ip4 = kLoopback;
  options.announced.udp = socket->local().port;
  if (change) change(options);
  return Service::make(loop, rng, std::move(socket), std::move(options)).value();
}

/// Where others ask it.
inline Contact contact_of_service(const Service& service) {
  return contact_of(std::make_shared<NodeRecord>(service.local_record()), IpFamilies()).value();
}

}  // namespace opwire::discv5::test
