// opwirenode: opwire's whole node (opwire/node) under a script, with the commands of opnodepeer. interop/README.md
// describes them.
#include <cstdio>

#include "interop/metering/allocation_count.hpp"
#include "interop/opwirenode/options.hpp"
#include "interop/opwirenode/publisher.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::interop {
namespace {

class AcceptedPrinter final : public opstack::BlockSink {
 public:
  explicit AcceptedPrinter(const Clock& clock) : clock_(clock) {}
  void on_block(const opstack::AcceptedBlock& block) override {
    const std::size_t allocated = allocations().count;
    Fields line = describe_block(block.envelope);
    line["topic"] = block.topic;
    line["from"] = block.from.to_string();
    line["signer"] = codec::to_checksum_hex(block.signer);
    line["at_us"] = wall_us(clock_);
    line["allocations"] = allocated - allocated_before_;
    emit("accepted", line);
    allocated_before_ = allocations().count;
  }

 private:
  const Clock& clock_;
  std::size_t allocated_before_ = 0;  // when the block before had been told
};

Fields describe(const node::DiscoveryStatus& discovery) {
  const opstack::PeerFinderStatus& finder = discovery.finder;
  return {{"candidates", finder.candidates}, {"known_nodes", finder.table_size}, {"live_nodes", finder.table_live},
          {"dials", finder.dials_tried},     {"connected", finder.connected},    {"enr", discovery.record}};
}

void emit_status(const node::Node& node) {
  const node::Status status = node.status();
  Fields mesh;
  for (const auto& [topic, peers] : status.mesh) mesh[topic] = peers;
  Fields line{{"peers", status.peers},
              {"sync_peers", node.chain().sync_peers()},
              {"mesh", mesh},
              {"without_topic_ids", status.peers_without_topic_ids},
              {"accepted", status.accepted},
              {"rejected", status.rejected},
              {"ignored", status.ignored}};
  if (status.discovery) line["discovery"] = describe(*status.discovery);
  emit("status", line);
}

Task<Result<void>> connect(node::Node& node, std::string address) {
  OPW_CO_TRY(Multiaddr to, Multiaddr::parse_text(address));
  OPW_CO_TRYV(co_await node.host().connect(std::move(to)));
  emit("connected", {{"addr", address}});
  co_return Result<void>();
}

class BlamedPrinter final : public PeerEvents {
 public:
  void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view where) override {
    emit("blamed", {{"peer", peer.to_string()}, {"error", error.name()}, {"where", where}});
  }
};

class FetchedPrinter final : public opstack::RangeSink {
 public:
  FetchedPrinter(node::ChainSync& chain, bool quiet) : chain_(chain), quiet_(quiet) {}
  bool on_proved(const opstack::Envelope& envelope, const PeerId& from) override {
    ++count;
    chain_.keep(envelope);
    if (quiet_) return true;
    Fields line = describe_block(envelope);
    line["from"] = from.to_string();
    emit("fetched", line);
    return true;
  }
  std::size_t count = 0;

 private:
  node::ChainSync& chain_;
  bool quiet_;
};

/// The blocks above "after" and below "before", of which the uppermost has the hash "top".
Task<Result<void>> fetch(node::Node& node, Command command) {
  const auto top = codec::from_hex_as<Hash256>(command.text("top"));
  if (!top) co_return errors::kCommand;
  FetchedPrinter printer(node.chain(), command.flag("quiet"));
  const Meter meter;
  const opstack::BlockRange range({command.number("after")}, {command.number("before")}, *top);
  OPW_CO_TRYV(co_await node.chain().fetch_range(range, printer));
  Fields done{{"count", printer.count}};
  stop(meter, done);
  emit("fetch_done", done);
  co_return Result<void>();
}

void emit_stats(const Meter& started, bool collect) {
  if (collect) give_memory_back();
  emit("stats", {{"cpu_seconds", started.cpu_seconds()}, {"rss_bytes", resident_bytes()}});
}

Task<Result<void>> obey(const Meter& started, node::Node& node, Publisher& publisher, Command command) {
  const std::string name = command.name();
  if (name == "publish") co_return co_await publisher.publish(command);
  if (name == "build") co_return co_await publisher.build(command);
  if (name == "connect") co_return co_await connect(node, command.text("addr"));
  if (name == "store") co_return publisher.store(command);
  if (name == "fetch") co_return co_await fetch(node, command);
  if (name == "stats") co_return emit_stats(started, command.flag("collect")), Result<void>();
  if (name != "status") co_return errors::kCommand;
  emit_status(node);
  co_return Result<void>();
}

void emit_ready(const node::Node& node) {
  boost::json::array addresses;
  for (const Multiaddr& address : node.host().addresses()) addresses.emplace_back(address.to_string());
  Fields line{{"id", node.host().id().to_string()}, {"addrs", addresses}};
  if (const auto discovery = node.status().discovery) line["enr"] = discovery->record;
  emit("ready", line);
}

/// The exit code.
Task<int> serve(Loop& loop, node::Node& node) {
  const Result<void, std::string> started = co_await node.start();
  if (!started) {
    std::fprintf(stderr, "opwirenode: %s\n", started.error().c_str());
    co_await node.close();
    co_return 1;
  }
  emit_ready(node);
  Publisher publisher(loop, node);
  const Meter meter;
  Obey obeyed = [&](Command command) { return obey(meter, node, publisher, std::move(command)); };
  co_await follow_commands(loop, std::move(obeyed));
  co_await node.close();
  co_return 0;
}

int run(node::Config config) {
  ReactorLoop loop;
  WorkerPool pool;
  AcceptedPrinter printer(loop);
  BlamedPrinter blamed;
  config.peer_events = &blamed;
  const auto node = node::Node::make(loop, pool, std::move(config));
  if (!node) {
    std::fprintf(stderr, "opwirenode: %s\n", node.error().c_str());
    return 1;
  }
  (*node)->add_sink(printer);
  return loop.run(serve(loop, **node));
}

}  // namespace
}  // namespace opwire::interop

int main(int argc, char** argv) {
  auto config = opwire::interop::parse_node_options(argc, argv);
  if (!config) {
    std::fprintf(stderr, "opwirenode: %s\n", config.error().c_str());
    return 2;
  }
  return opwire::interop::run(std::move(*config));
}
