#include "opwire/p2p/swarm/connection_manager.hpp"

#include <algorithm>

#include "opwire/base/log.hpp"

namespace opwire::swarm {
namespace {

constexpr log::Logger kLog{"swarm"};
// Where protected peers alone reach the high water, there is no hurry to look again.
constexpr Duration kPause = std::chrono::seconds(10);

}  // namespace

ConnectionManager::ConnectionManager(ConnectionManagerContext context)
    : context_(std::move(context)), book_(context_.is_connected), timer_(context_.loop, [this] { trim(); }) {}

void ConnectionManager::on_opened(std::size_t count) {
  if (!is_high(count) || timer_.armed()) return;
  timer_.arm(std::max(now() + context_.options.grace, last_trim_ + context_.options.silence));
}

void ConnectionManager::trim() {
  const std::vector<Standing> standing = context_.standing();
  if (!is_high(standing.size())) return;
  const std::vector<ConnectionId> surplus = choose_surplus(standing, book_, context_.options, now());
  last_trim_ = now();
  close(surplus, standing.size(), "connections closed down to the low water");
  if (is_high(standing.size() - surplus.size())) timer_.arm_in(std::max(context_.options.silence, kPause));
}

std::size_t ConnectionManager::trim_in_emergency() {
  const std::vector<Standing> standing = context_.standing();
  const std::vector<ConnectionId> surplus = choose_in_emergency(standing, book_, context_.options.low, now());
  last_trim_ = now();
  close(surplus, standing.size(), "connections closed because memory is short");
  return surplus.size();
}

void ConnectionManager::close(const std::vector<ConnectionId>& connections, std::size_t of, const char* why) {
  for (const ConnectionId id : connections) context_.close(id);
  trimmed_ += connections.size();
  if (!connections.empty()) kLog.info(why, {{"closed", connections.size()}, {"of", of}});
}

}  // namespace opwire::swarm
