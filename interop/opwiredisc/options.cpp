#include "interop/opwiredisc/options.hpp"

#include <charconv>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/keys.hpp"

namespace opwire::interop {
namespace {

using Status = Result<void, std::string>;

template <class Number>
Status read(Number& number, const std::string& flag, const std::string& text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return flag + ": '" + text + "' is no number";
  return {};
}

Status add_bootnodes(DiscOptions& options, const std::string& list) {
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    OPW_TRY(discv5::Contact contact, parse_contact(list.substr(begin, end - begin)));
    options.bootnodes.push_back(std::move(contact));
    begin = end + 1;
  }
  return {};
}

Status set(DiscOptions& options, const std::string& flag, const std::string& value) {
  if (flag == "--ip") {
    const auto at = net::Endpoint::parse_ip(value, options.listen.port);
    if (!at || at->is_v6) return "--ip: '" + value + "' is no IPv4 address";
    return options.listen = *at, Status();
  }
  if (flag == "--port") return read(options.listen.port, flag, value);
  if (flag == "--chain") return read(options.chain, flag, value);
  if (flag == "--count") return read(options.count, flag, value);
  if (flag == "--in-flight") return read(options.in_flight, flag, value);
  if (flag == "--bootnodes") return add_bootnodes(options, value);
  if (flag == "--key") {
    const auto key = codec::from_hex(value);
    if (!key || key->size() != 32) return std::string("--key: not 32 bytes in hex");
    return options.key = *key, Status();
  }
  if (flag == "--to") {
    OPW_TRY(options.to, parse_contact(value));
    return {};
  }
  return "unknown flag " + flag;
}

}  // namespace

Result<discv5::Contact, std::string> parse_contact(const std::string& text) {
  auto record = discv5::NodeRecord::parse_text(text);
  if (!record) return "'" + text + "': " + record.error().message();
  auto contact = discv5::contact_of(std::make_shared<discv5::NodeRecord>(std::move(*record)), discv5::IpFamilies());
  if (!contact) return "'" + text + "' has no IPv4 address and UDP port";
  return std::move(*contact);
}

Result<DiscOptions, std::string> parse_disc_options(int argc, char** argv) {
  SystemRng rng;
  DiscOptions options;
  options.listen = net::Endpoint(ByteArray<4>{127, 0, 0, 1}, 0);
  options.key = to_bytes(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).data());
  int next = 1;
  if (next < argc) options.command = argv[next++];
  if (options.command == "bench" && next < argc) options.test = argv[next++];
  const bool bench = options.test == "handshakes" || options.test == "pings";
  if (options.command != "listen" && !bench) return std::string("listen, bench handshakes or bench pings");
  for (; next < argc; ++next) {
    const std::string flag = argv[next];
    if (flag == "--talk") continue;  // echo is answered in any case
    if (next + 1 == argc) return flag + " needs a value";
    OPW_TRYV(set(options, flag, argv[++next]));
  }
  if (bench && !options.to.record) return std::string("--to is needed");
  if (options.count == 0 || options.in_flight == 0) return std::string("--count and --in-flight are at least 1");
  return options;
}

}  // namespace opwire::interop
