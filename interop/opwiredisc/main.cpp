// opwiredisc: opwire's discv5 under a script, with the commands of the discovery peers (interop/README.md).
#include <cstdio>

#include "interop/common/commands.hpp"
#include "interop/metering/meter.hpp"
#include "interop/opwiredisc/bench.hpp"
#include "interop/opwiredisc/options.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/discv5/service.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::interop {
namespace {

using discv5::RecordPtr;

/// As the command of the other peers that names a node.
Result<discv5::Contact> contact_of(const Command& command) {
  auto contact = parse_contact(command.text("enr"));
  if (!contact) return Error(errors::kCommand, "no usable record");
  return std::move(*contact);
}

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

boost::json::array texts(const std::vector<RecordPtr>& records) {
  boost::json::array list;
  for (const RecordPtr& record : records) list.emplace_back(record->to_text());
  return list;
}

/// Every record that was heard, by node.
class Heard final : public discv5::ProtocolObserver {
 public:
  void on_record(const RecordPtr& record) override { records[record->id()] = record; }
  std::unordered_map<discv5::NodeId, RecordPtr> records;
};

class Peer {
 public:
  Peer(Loop& loop, Rng& rng, discv5::Service& service, Heard& heard)
      : loop_(loop), rng_(rng), service_(service), heard_(heard) {}

  Task<Result<void>> obey(Command command) {
    const std::string name = command.name();
    if (name == "ping") co_return co_await ping(std::move(command));
    if (name == "findnode") co_return co_await find_node(std::move(command));
    if (name == "talk") co_return co_await talk(std::move(command));
    if (name == "lookup") co_return co_await lookup(std::move(command));
    if (name == "random_walk") co_return co_await random_walk(std::move(command));
    if (name == "self") co_return emit("self", {{"enr", service_.local_record().to_text()}}), Result<void>();
    if (name == "table") co_return emit_table(), Result<void>();
    if (name == "stats") co_return emit_stats(), Result<void>();
    co_return errors::kCommand;
  }

 private:
  Task<Result<void>> ping(Command command) {
    OPW_CO_TRY(const discv5::Contact to, contact_of(command));
    const TimePoint begun = loop_.now();
    OPW_CO_TRY(const discv5::Pong pong, co_await service_.ping(to));
    const std::string seen = net::Endpoint(pong.ip, 0).to_string();
    emit("pong", {{"seq", pong.record_seq},
                  {"ip", seen.substr(0, seen.rfind(':'))},
                  {"port", pong.port},
                  {"ms", milliseconds(loop_.now() - begun)}});
    co_return Result<void>();
  }
  Task<Result<void>> find_node(Command command) {
    OPW_CO_TRY(const discv5::Contact to, contact_of(command));
    std::vector<std::uint16_t> distances;
    for (const std::size_t distance : command.numbers("distances")) {
      distances.push_back(static_cast<std::uint16_t>(distance));
    }
    OPW_CO_TRY(const std::vector<RecordPtr> records, co_await service_.find_node(to, distances));
    emit("nodes", {{"enrs", texts(records)}});
    co_return Result<void>();
  }
  Task<Result<void>> talk(Command command) {
    OPW_CO_TRY(const discv5::Contact to, contact_of(command));
    OPW_CO_TRY(Bytes message, codec::from_hex(command.text("hex")));
    OPW_CO_TRY(const Bytes answer, co_await service_.talk(to, command.text("protocol"), std::move(message)));
    emit("talk", {{"hex", codec::to_hex(answer)}});
    co_return Result<void>();
  }
  discv5::NodeId random_id() {
    discv5::NodeId id;
    rng_.fill(id.bytes);
    return id;
  }
  Task<Result<void>> lookup(Command command) {
    discv5::NodeId target = random_id();
    if (!command.text("target").empty()) {
      OPW_CO_TRY(target, codec::from_hex_as<discv5::NodeId>(command.text("target")));
    }
    const TimePoint begun = loop_.now();
    OPW_CO_TRY(const discv5::LookupResult found, co_await service_.lookup(target));
    emit("lookup", {{"enrs", texts(found.nearest)}, {"ms", milliseconds(loop_.now() - begun)}, {"hops", found.hops}});
    co_return Result<void>();
  }
  Task<Result<void>> random_walk(Command command) {
    const TimePoint end = loop_.now() + std::chrono::seconds(command.number("seconds", 5));
    while (loop_.now() < end) {
      OPW_CO_TRYV(co_await service_.lookup(random_id()));
      co_await sleep_for(loop_, std::chrono::milliseconds(200));
    }
    const ChainId wanted{command.number("chain")};
    std::vector<RecordPtr> records;
    for (const auto& [id, record] : heard_.records) {
      const bool matches = wanted == ChainId{} || opstack::is_of_chain(*record, wanted);
      if (matches && id != service_.local_record().id()) records.push_back(record);
    }
    emit("walk", {{"enrs", texts(records)}});
    co_return Result<void>();
  }
  void emit_table() {
    std::vector<RecordPtr> records;
    for (const discv5::Contact& node : service_.protocol().table().all()) records.push_back(node.record);
    emit("table", {{"enrs", texts(records)}, {"live", service_.protocol().table().live()}});
  }
  void emit_stats() {
    const discv5::ProtocolStats& stats = service_.protocol().stats();
    Fields dropped;
    for (const auto& [what, count] : stats.dropped) dropped[what] = count;
    emit("stats", {{"cpu_seconds", started_.cpu_seconds()},
                   {"rss_bytes", resident_bytes()},
                   {"sessions", service_.protocol().sessions()},
                   {"handshakes", stats.handshakes},
                   {"dropped", dropped}});
  }

  Loop& loop_;
  Rng& rng_;
  discv5::Service& service_;
  Heard& heard_;
  Meter started_;
};

Task<void> serve(Loop& loop, Rng& rng, discv5::Service& service, Heard& heard) {
  service.set_talk_handler(
      "echo", [](const discv5::Peer&, ByteView message) { return Bytes(message.rbegin(), message.rend()); });
  service.start();
  const discv5::NodeRecord& own = service.local_record();
  emit("ready", {{"enr", own.to_text()}, {"id", codec::to_hex(own.id().bytes)}, {"port", own.udp().value()}});
  Peer peer(loop, rng, service, heard);
  Obey obeyed = [&](Command command) { return peer.obey(std::move(command)); };
  co_await follow_commands(loop, std::move(obeyed));
  co_await service.close();
}

int listen(const DiscOptions& options) {
  ReactorLoop loop;
  SystemRng rng;
  auto socket = net::bind_udp(loop, options.listen, discv5::kMaxPacket);
  if (!socket) return std::fprintf(stderr, "opwiredisc: %s\n", socket.error().message().c_str()), 1;
  discv5::ProtocolOptions protocol(options.key);
  const net::Endpoint local = (*socket)->local();
  protocol.announced.set_ip(local.ip());
  protocol.announced.udp = protocol.announced.tcp = local.port;
  if (options.chain != 0) {
    protocol.entries[opstack::kChainEntryKey] = opstack::encode({ChainId{options.chain}, 0});
  }
  protocol.bootnodes = options.bootnodes;
  Heard heard;
  auto service = discv5::Service::make(loop, rng, std::move(*socket), std::move(protocol), &heard);
  if (!service) return std::fprintf(stderr, "opwiredisc: %s\n", service.error().message().c_str()), 1;
  loop.run(serve(loop, rng, **service, heard));
  return 0;
}

}  // namespace
}  // namespace opwire::interop

int main(int argc, char** argv) {
  using namespace opwire::interop;
  const auto options = parse_disc_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "opwiredisc: %s\n", options.error().c_str());
    return 2;
  }
  return options->command == "listen" ? listen(*options) : run_disc_bench(*options);
}
