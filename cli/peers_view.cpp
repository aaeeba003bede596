#include "cli/peers_view.hpp"

#include <algorithm>
#include <cstdio>

#include <boost/json/serialize.hpp>

#include "cli/printable.hpp"
#include "opwire/node/feed.hpp"

namespace opwire::cli {
namespace {

namespace reputation = opstack::reputation;
using node::PeerEntry;

constexpr std::size_t kShortId = 8;
constexpr std::size_t kAgent = 28;
constexpr std::size_t kAddress = 36;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string fixed(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

WallTime last_seen(const PeerEntry& entry) {
  const WallTime known = entry.known ? entry.known->last_seen : WallTime{};
  return entry.scores ? std::max(known, entry.scores->last_update) : known;
}

std::string seen(const PeerEntry& entry, WallTime now) {
  const WallTime last = last_seen(entry);
  return last > WallTime{} ? rough_span(now - last) : "-";
}

std::string ban_text(const reputation::Ban& ban, WallTime now) {
  const std::string left = "banned for " + rough_span(ban.expiry - now);
  return ban.reason.empty() ? left : left + ": " + ban.reason;
}

std::string standing(const PeerEntry& entry, WallTime now) {
  if (entry.ban) return ban_text(*entry.ban, now) + (entry.blocked ? "; blocked" : "");
  return entry.blocked ? "blocked" : "";
}

std::string first_address(const PeerEntry& entry) {
  if (!entry.known || entry.known->addresses.empty()) return "-";
  const std::size_t more = entry.known->addresses.size() - 1;
  std::string text = entry.known->addresses.front().address.to_string();
  return more == 0 ? text : text + " +" + std::to_string(more);
}

std::string row(const std::vector<std::string>& cells, std::size_t id_width, std::size_t columns) {
  const bool is_cut = columns > 0;
  const std::size_t widths[] = {id_width, 9, 5, kAgent, kAddress};
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool is_last = i + 1 == cells.size();
    std::string cell = printable(cells[i]);
    const bool is_long = is_cut && !is_last && cell.size() > widths[i];
    if (is_long) cell = cell.substr(0, widths[i] - 1) + "~";
    line += is_last ? cell : padded(std::move(cell), widths[i]) + " ";
  }
  if (is_cut && line.size() > columns) line.resize(columns);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string time_text(WallTime time) {
  return node::to_rfc3339(time);
}

void add_scores(std::vector<std::string>& lines, const reputation::ScoreRecord& record, WallTime now) {
  const reputation::GossipScores& gossip = record.scores.gossip;
  const reputation::ReqRespScores& answers = record.scores.req_resp;
  lines.push_back("score        " + fixed(gossip.total) + ", " + rough_span(now - record.last_update) + " old");
  lines.push_back("  blocks     " + fixed(gossip.blocks.time_in_mesh) + " s in the mesh, " +
                  fixed(gossip.blocks.first_message_deliveries) + " first deliveries, " +
                  fixed(gossip.blocks.invalid_message_deliveries) + " invalid");
  lines.push_back("  penalties  " + fixed(gossip.ip_colocation_factor) + " for shared addresses, " +
                  fixed(gossip.behavioral_penalty) + " for behaviour");
  lines.push_back("  answers    " + fixed(answers.valid_responses) + " valid, " + fixed(answers.error_responses) +
                  " errors, " + fixed(answers.rejected_payloads) + " rejected payloads");
}

void add_known(std::vector<std::string>& lines, const node::KnownPeer& known, WallTime now) {
  if (!known.agent.empty()) lines.push_back("agent        " + printable(known.agent, 256));
  for (const node::KnownPeer::Address& one : known.addresses) {
    lines.push_back("address      " + one.address.to_string() + ", for " + rough_span(one.until - now));
  }
  for (const std::string& protocol : known.protocols) lines.push_back("protocol     " + printable(protocol, 256));
}

}  // namespace

std::string rough_span(Duration span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 1) return "now";
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return std::to_string(seconds / 60) + "m";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + "h";
  return std::to_string(seconds / (24 * 3600)) + "d";
}

std::vector<std::string> peer_table(const node::PeerFile& file, WallTime now, std::size_t columns) {
  std::vector<const PeerEntry*> order;
  for (const PeerEntry& entry : file.peers) order.push_back(&entry);
  std::ranges::sort(order, [](const PeerEntry* a, const PeerEntry* b) {
    return std::pair(last_seen(*b), a->peer) < std::pair(last_seen(*a), b->peer);
  });
  const std::size_t id_width = columns > 0 ? kShortId : 53;
  std::vector<std::string> lines{row({"PEER", "SCORE", "SEEN", "AGENT", "ADDRESS", "STANDING"}, id_width, columns)};
  for (const PeerEntry* entry : order) {
    std::string id = entry->peer.to_string();
    if (columns > 0) id = id.substr(id.size() - std::min(id.size(), kShortId));
    const std::string agent = entry->known && !entry->known->agent.empty() ? entry->known->agent : "-";
    lines.push_back(row({id, entry->scores ? fixed(entry->scores->scores.gossip.total) : "-", seen(*entry, now), agent,
                         first_address(*entry), standing(*entry, now)},
                        id_width, columns));
  }
  for (const auto& entry : file.banned_ips.list(now)) {
    lines.push_back(row({entry.key.to_string() + " " + ban_text(entry.ban, now)}, id_width, columns));
  }
  for (const reputation::Ip& ip : file.blocks.addresses()) lines.push_back(ip.to_string() + " blocked");
  for (const auto& subnet : file.blocks.subnets()) lines.push_back(subnet.to_string() + " blocked");
  return lines;
}

std::vector<std::string> peer_lines(const PeerEntry& entry, WallTime now) {
  std::vector<std::string> lines{"peer         " + entry.peer.to_string()};
  if (last_seen(entry) > WallTime{}) lines.push_back("seen         " + time_text(last_seen(entry)));
  if (entry.ban) {
    lines.push_back("ban          " + ban_text(*entry.ban, now) + " (until " + time_text(entry.ban->expiry) + ")");
  }
  if (entry.blocked) lines.emplace_back("blocked      until it is unblocked");
  if (entry.scores) add_scores(lines, *entry.scores, now);
  if (entry.known) add_known(lines, *entry.known, now);
  if (entry.metadata) {
    lines.push_back("chain        " + std::to_string(entry.metadata->chain.value));
    lines.push_back("record       " + entry.metadata->enr);
  }
  return lines;
}

std::vector<std::string> address_json_lines(const node::PeerFile& file, WallTime now) {
  std::vector<std::string> lines;
  for (const auto& entry : file.banned_ips.list(now)) {
    lines.push_back("{\"ip\":\"" + entry.key.to_string() + "\",\"ban\":" + reputation::to_json(entry.ban) + "}");
  }
  for (const reputation::Ip& ip : file.blocks.addresses()) {
    lines.push_back("{\"ip\":\"" + ip.to_string() + "\",\"blocked\":true}");
  }
  for (const auto& subnet : file.blocks.subnets()) {
    lines.push_back("{\"subnet\":\"" + subnet.to_string() + "\",\"blocked\":true}");
  }
  return lines;
}

}  // namespace opwire::cli
