// opwire identify: what a peer says about itself.
#include <cstdio>

#include <boost/json.hpp>

#include "cli/command.hpp"
#include "cli/dialer.hpp"
#include "cli/printable.hpp"

namespace opwire::cli {
namespace {

struct IdentifyOptions {
  std::string address;
  bool json = false;
};

const char* key_type(Network& network, const PeerId& peer) {
  const auto key = network.peerstore().key(peer);
  if (!key) return "unknown";
  switch (key->type()) {
    case crypto::KeyType::kRsa:
      return "RSA";
    case crypto::KeyType::kEd25519:
      return "Ed25519";
    case crypto::KeyType::kSecp256k1:
      return "secp256k1";
    case crypto::KeyType::kEcdsa:
      return "ECDSA";
  }
  return "unknown";
}

boost::json::object describe(Host& host, const PeerId& peer, const identify::PeerInfo& info) {
  boost::json::object object{{"peer_id", peer.to_string()},
                             {"key_type", key_type(host.network(), peer)},
                             {"agent", info.agent},
                             {"protocol_version", info.protocol_version}};
  for (const ConnectionInfo& connection : host.network().connections_to(peer)) {
    object["security"] = connection.security;
    object["muxer"] = connection.muxer;
  }
  object["observed_address"] = info.observed_address ? info.observed_address->to_string() : "";
  object["signed_record"] = info.has_signed_record;
  boost::json::array addresses;
  for (const Multiaddr& address : info.addresses) addresses.emplace_back(address.to_string());
  object["addresses"] = std::move(addresses);
  object["protocols"] = boost::json::array(info.protocols.begin(), info.protocols.end());
  return object;
}

std::string shown(const boost::json::value& value) {
  return value.is_bool() ? (value.as_bool() ? "yes" : "no") : printable(value.as_string(), SIZE_MAX);
}

void print(const boost::json::object& object) {
  for (const auto& [name, value] : object) {
    const std::string label(name);
    if (!value.is_array()) std::printf("%-17s %s\n", label.c_str(), shown(value).c_str());
    const boost::json::array none;
    for (const auto& item : value.is_array() ? value.as_array() : none) {
      std::printf("%-17s %s\n", label.c_str(), shown(item).c_str());
    }
  }
}

Task<int> identify_peer(Host& host, Multiaddr address, bool json) {
  const PeerId peer = address.peer_id().value();
  const Result<identify::PeerInfo> info = co_await host.identify(peer);
  if (!info) co_return fail(kFailed, peer.to_string() + ": " + info.error().message());
  const boost::json::object object = describe(host, peer, *info);
  if (json) {
    std::printf("%s\n", boost::json::serialize(object).c_str());
  } else {
    print(object);
  }
  co_return kOk;
}

int identify(const IdentifyOptions& options) {
  const auto peer = parse_peer_address(options.address);
  if (!peer) return fail(kUsage, peer.error());
  return with_peer(
      *peer, [&](Host& host, Multiaddr address) { return identify_peer(host, std::move(address), options.json); });
}

}  // namespace

std::vector<Command> add_identify(CLI::App& root) {
  CLI::App* app = root.add_subcommand("identify", "Ask a peer who it is and what it speaks.");
  const auto options = std::make_shared<IdentifyOptions>();
  app->add_option("MULTIADDR", options->address, "The peer: /ip4/IP/tcp/PORT/p2p/ID")->required()->type_name("");
  app->add_flag("--json", options->json, "Print one JSON object");
  return {{app, [options] { return identify(*options); }}};
}

}  // namespace opwire::cli
