#include "opwire/opstack/discovery/bootnodes.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "opwire/base/log.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/opstack/discovery/bootnodes_csv.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::opstack {
namespace {

constexpr log::Logger kLog{"discovery"};
constexpr std::string_view kAnyChain = "*";

struct Row {
  std::string_view chain;
  std::string_view record;
};

std::vector<Row> read_rows(std::string_view csv) {
  std::vector<Row> rows;
  while (!csv.empty()) {
    const std::string_view line = csv.substr(0, csv.find('\n'));
    csv.remove_prefix(std::min(csv.size(), line.size() + 1));
    const std::size_t first = line.find(',');
    const std::size_t second = line.find(',', first + 1);
    if (second == std::string_view::npos || line.starts_with("chain,")) continue;
    rows.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1)});
  }
  return rows;
}

discv5::NodeId id_of(const Bootnode& bootnode) {
  return bootnode.record ? bootnode.record->id() : bootnode.enode->id();
}

std::string name_of(const Bootnode& bootnode) {
  return bootnode.record ? bootnode.record->to_text() : bootnode.enode->to_text();
}

/// The address of an enode URL's host.
Task<Result<Bytes>> resolve(net::Resolver& resolver, std::string host, discv5::IpFamilies families,
                            TimePoint deadline) {
  const auto literal = net::Endpoint::parse_ip(host, 0);
  if (literal) {
    if (literal->is_v6 ? !families.v6 : !families.v4) co_return net::errors::kResolve;
    co_return to_bytes(literal->ip());
  }
  Error error = opwire::errors::kTimeout;
  for (const net::IpFamily family : {net::IpFamily::kV4, net::IpFamily::kV6}) {
    if (family == net::IpFamily::kV4 ? !families.v4 : !families.v6) continue;
    auto found = co_await resolver.addresses(host, family, deadline);
    if (found) co_return std::move(found->front());
    error = found.error();
  }
  co_return error;
}

struct Resolving {
  net::Resolver& resolver;
  discv5::IpFamilies families;
  TimePoint deadline;
  Event ended;  // one of them
  std::size_t left;
  std::vector<std::optional<discv5::Contact>> found;
};

Task<void> find_contact(Resolving& all, const Bootnode& bootnode, std::size_t place) {
  if (bootnode.record) {
    all.found[place] = discv5::contact_of(bootnode.record, all.families);
    if (!all.found[place]) kLog.warn("bootnode has no address that we reach", {{"bootnode", name_of(bootnode)}});
    co_return;
  }
  const discv5::EnodeUrl& enode = *bootnode.enode;
  const Result<Bytes> ip = co_await resolve(all.resolver, enode.host, all.families, all.deadline);
  if (!ip && ip.error().is(opwire::errors::kCancelled)) co_return;
  if (!ip) {
    kLog.warn("bootnode's host has no address that we reach; going on without it",
              {{"bootnode", name_of(bootnode)}, {"error", ip.error()}});
    co_return;
  }
  discv5::Contact contact{enode.id(), {}, net::Endpoint(*ip, enode.udp), nullptr};
  std::ranges::copy(enode.public_key(), contact.public_key.begin());
  all.found[place] = std::move(contact);
}

Task<void> resolve_one(Resolving& all, const Bootnode& bootnode, std::size_t place) {
  co_await find_contact(all, bootnode, place);
  --all.left;
  all.ended.notify_all();
}

}  // namespace

std::vector<std::string> default_bootnodes(ChainId chain) {
  const std::string own = std::to_string(chain.value);
  const std::vector<Row> rows = read_rows(kBootnodesCsv);
  std::vector<std::string> chosen;
  std::set<discv5::NodeId> seen;
  for (const std::string_view wanted : {std::string_view(own), kAnyChain}) {
    for (const Row& row : rows) {
      if (row.chain != wanted) continue;
      const auto bootnode = parse_bootnode(row.record);
      if (bootnode && seen.insert(id_of(*bootnode)).second) chosen.emplace_back(row.record);
    }
  }
  return chosen;
}

Result<Bootnode, std::string> parse_bootnode(std::string_view text) {
  const std::string shown = "'" + std::string(text) + "'";
  if (text.starts_with("enr:")) {
    auto record = discv5::NodeRecord::parse_text(text);
    if (!record) return shown + ": " + record.error().message();
    return Bootnode{std::make_shared<discv5::NodeRecord>(std::move(*record)), std::nullopt};
  }
  auto enode = discv5::EnodeUrl::parse(text);
  if (!enode) return shown + ": neither a node record (enr:…) nor an enode URL (enode://…@host:port)";
  if (enode->udp == 0) return shown + ": has no UDP port; add ?discport=…";
  return Bootnode{nullptr, std::move(*enode)};
}

Task<std::vector<discv5::Contact>> resolve_bootnodes(std::vector<Bootnode> bootnodes, net::Resolver& resolver,
                                                     discv5::IpFamilies families, Loop& loop, TimePoint deadline) {
  Resolving all{resolver, families, deadline, Event(loop), bootnodes.size(), {}};
  all.found.resize(bootnodes.size());
  Scope scope(loop);
  for (std::size_t i = 0; i < bootnodes.size(); ++i) scope.spawn(resolve_one(all, bootnodes[i], i));
  while (all.left > 0 && !scope.cancelled()) {
    const bool notified = co_await all.ended.wait();
    if (!notified) scope.cancel();
  }
  co_await scope.join();
  std::vector<discv5::Contact> contacts;
  for (auto& contact : all.found) {
    if (contact) contacts.push_back(std::move(*contact));
  }
  co_return contacts;
}

}  // namespace opwire::opstack
