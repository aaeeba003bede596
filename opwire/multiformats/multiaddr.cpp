#include "opwire/multiformats/multiaddr.hpp"

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/ip_scope.hpp"
#include "opwire/multiformats/multiaddr_protocols.hpp"
#include "opwire/multiformats/varint.hpp"

namespace opwire {

using multiformats::find_protocol;
using multiformats::ProtocolInfo;
using multiformats::errors::kBadMultiaddr;
using multiformats::errors::kUnknownProtocol;

namespace {

// Every valid address is shorter than this in text: a component of n bytes takes at most 3n + 16 characters.
constexpr std::size_t kMaxText = 4096;

const ProtocolInfo& info_of(Protocol protocol) {
  const ProtocolInfo* info = find_protocol(static_cast<std::uint64_t>(protocol));
  OPW_CHECK(info != nullptr);
  return *info;
}

bool is_valid(const ProtocolInfo& info, ByteView value) {
  if (info.size != ProtocolInfo::kVariable && value.size() != static_cast<std::size_t>(info.size)) return false;
  return info.valid == nullptr || info.valid(value);
}

Result<std::uint64_t> take_number(ByteView& from) {
  const auto number = multiformats::parse_varint(from);
  if (!number) return Error(kBadMultiaddr, "varint");
  from = from.subspan(number->size);
  return number->value;
}

Result<Multiaddr::Component> take_component(ByteView& from) {
  OPW_TRY(const std::uint64_t code, take_number(from));
  const ProtocolInfo* info = find_protocol(code);
  if (info == nullptr) return kUnknownProtocol;
  std::uint64_t size = static_cast<std::uint64_t>(info->size);
  if (info->size == ProtocolInfo::kVariable) {
    OPW_TRY(size, take_number(from));
  }
  if (size > from.size()) return Error(kBadMultiaddr, "value ends early");
  const ByteView value = from.first(size);
  if (!is_valid(*info, value)) return Error(kBadMultiaddr, info->name.data());
  from = from.subspan(size);
  return Multiaddr::Component{info->protocol, value};
}

void append_component(Bytes& out, const ProtocolInfo& info, ByteView value) {
  multiformats::append_varint(out, static_cast<std::uint64_t>(info.protocol));
  if (info.size == ProtocolInfo::kVariable) multiformats::append_varint(out, value.size());
  out.insert(out.end(), value.begin(), value.end());
}

// The text between this slash and the next.
Result<std::string_view> take_segment(std::string_view& text) {
  if (text.empty()) return Error(kBadMultiaddr, "value is missing");
  if (text.front() != '/') return Error(kBadMultiaddr, "does not begin with a slash");
  const std::string_view segment = text.substr(1, text.find('/', 1) - 1);
  if (segment.empty()) return Error(kBadMultiaddr, "empty component");
  text.remove_prefix(1 + segment.size());
  return segment;
}

Result<void> take_text_component(std::string_view& text, Bytes& out) {
  OPW_TRY(const std::string_view name, take_segment(text));
  const ProtocolInfo* info = find_protocol(name);
  if (info == nullptr) return kUnknownProtocol;
  Bytes value;
  if (info->size != 0) {
    OPW_TRY(const std::string_view value_text, take_segment(text));
    OPW_TRY(value, info->from_text(value_text));
  }
  if (!is_valid(*info, value)) return Error(kBadMultiaddr, info->name.data());
  append_component(out, *info, value);
  return {};
}

/// Walks over the components of bytes that were checked before.
class Walk {
 public:
  explicit Walk(ByteView bytes) noexcept : rest_(bytes) {}
  bool done() const noexcept { return rest_.empty(); }
  Multiaddr::Component next() { return take_component(rest_).value(); }
  std::size_t left() const noexcept { return rest_.size(); }

 private:
  ByteView rest_;
};

/// An address split before its final /p2p component, if that is what it ends with.
struct Split {
  ByteView address;
  std::optional<ByteView> peer;
};

Split split_peer(ByteView bytes) {
  Split split{bytes, std::nullopt};
  for (Walk walk(bytes); !walk.done();) {
    const std::size_t begin = bytes.size() - walk.left();
    const Multiaddr::Component component = walk.next();
    if (walk.done() && component.protocol == Protocol::kP2p) split = {bytes.first(begin), component.value};
  }
  return split;
}

}  // namespace

Result<Multiaddr> Multiaddr::parse(ByteView binary) {
  if (binary.empty()) return Error(kBadMultiaddr, "empty address");
  if (binary.size() > kMaxSize) return Error(kBadMultiaddr, "address is too long");
  std::size_t count = 0;
  for (ByteView rest = binary; !rest.empty();) {
    if (++count > kMaxComponents) return Error(kBadMultiaddr, "too many components");
    OPW_TRYV(take_component(rest));
  }
  return Multiaddr(to_bytes(binary));
}

Result<Multiaddr> Multiaddr::parse_text(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);  // as go-multiaddr does
  if (text.empty()) return Error(kBadMultiaddr, "empty address");
  if (text.size() > kMaxText) return Error(kBadMultiaddr, "address is too long");
  Bytes bytes;
  for (std::size_t count = 1; !text.empty(); ++count) {
    if (count > kMaxComponents) return Error(kBadMultiaddr, "too many components");
    OPW_TRYV(take_text_component(text, bytes));
    if (bytes.size() > kMaxSize) return Error(kBadMultiaddr, "address is too long");
  }
  return Multiaddr(std::move(bytes));
}

std::string Multiaddr::to_string() const {
  if (empty()) return "/";
  std::string text;
  for (Walk walk(bytes_); !walk.done();) {
    const Component component = walk.next();
    const ProtocolInfo& info = info_of(component.protocol);
    text.append("/").append(info.name);
    if (info.to_text != nullptr) text.append("/").append(info.to_text(component.value));
  }
  return text;
}

std::vector<Multiaddr::Component> Multiaddr::components() const {
  std::vector<Component> components;
  for (Walk walk(bytes_); !walk.done();) components.push_back(walk.next());
  return components;
}

bool Multiaddr::has(Protocol protocol) const {
  return value(protocol).has_value();
}

std::optional<ByteView> Multiaddr::value(Protocol protocol) const {
  for (Walk walk(bytes_); !walk.done();) {
    const Component component = walk.next();
    if (component.protocol == protocol) return component.value;
  }
  return std::nullopt;
}

std::optional<PeerId> Multiaddr::peer_id() const {
  const auto peer = split_peer(bytes_).peer;
  if (!peer) return std::nullopt;
  return PeerId::parse(*peer).value();
}

Multiaddr Multiaddr::with_peer(const PeerId& id) const {
  return without_peer().with(Protocol::kP2p, id.bytes());
}

Multiaddr Multiaddr::without_peer() const {
  return Multiaddr(to_bytes(split_peer(bytes_).address));
}

Multiaddr Multiaddr::with(Protocol protocol, ByteView value) const {
  const ProtocolInfo& info = info_of(protocol);
  OPW_CHECK(is_valid(info, value));
  Bytes bytes = bytes_;
  append_component(bytes, info, value);
  return Multiaddr(std::move(bytes));
}

Multiaddr Multiaddr::ip_tcp(ByteView ip, std::uint16_t port) {
  ByteArray<2> encoded;
  store_be(encoded.data(), port);
  return Multiaddr().with(ip.size() == 4 ? Protocol::kIp4 : Protocol::kIp6, ip).with(Protocol::kTcp, encoded);
}

std::optional<std::uint16_t> Multiaddr::tcp_port() const {
  const auto port = value(Protocol::kTcp);
  if (!port) return std::nullopt;
  return load_be<std::uint16_t>(port->data());
}

std::optional<ByteView> Multiaddr::ip() const {
  for (Walk walk(bytes_); !walk.done();) {
    const Component component = walk.next();
    if (component.protocol == Protocol::kIp4 || component.protocol == Protocol::kIp6) return component.value;
  }
  return std::nullopt;
}

bool Multiaddr::is_loopback() const {
  const auto address = ip();
  return address && multiformats::is_loopback_ip(*address);
}

bool Multiaddr::is_private() const {
  const auto address = ip();
  return address && !multiformats::is_public_ip(*address);
}

}  // namespace opwire
