#include "opwire/sim/circuit.hpp"

#include <algorithm>

#include "opwire/sim/internet.hpp"

namespace opwire::sim {

Circuit::Circuit(Internet& internet, std::uint64_t number, MachineId dialler, MachineId listener)
    : internet_(internet), number_(number), ends_{Side(internet.loop(), dialler), Side(internet.loop(), listener)} {}

Circuit::~Circuit() {
  for (const Side& side : ends_) internet_.loop_.cancel_timer(side.timer);
}

// Sending.

std::size_t Circuit::room(End end) {
  Side& side = ends_[end];
  const TimePoint now = internet_.loop_.now();
  while (!side.credits.empty() && side.credits.front().arrives <= now) {
    side.unread_by_other -= side.credits.front().bytes;
    side.credits.pop_front();
  }
  return kWindow - std::min(kWindow, side.unread_by_other);
}

std::optional<TimePoint> Circuit::next_room(End end) const {
  const Side& side = ends_[end];
  if (side.credits.empty()) return std::nullopt;
  return side.credits.front().arrives;
}

void Circuit::send(End end, Buffer data) {
  ends_[end].unread_by_other += data.size();
  put(end, Kind::kData, std::move(data));
}

void Circuit::send_end(End end) {
  ends_[end].sent_end = true;
  put(end, Kind::kEnd, Buffer());
}

void Circuit::put(End from, Kind kind, Buffer data) {
  if (!ends_[from].lost) transmit(from, kind, std::move(data));
}

void Circuit::transmit(End from, Kind kind, Buffer data) {
  Side& side = ends_[from];
  Internet::Machine& machine = internet_.machines_[side.machine];
  machine.traffic.sent += data.size();
  ++machine.traffic.packets_sent;
  const TimePoint leaves = machine.up.pass(data.size(), internet_.loop_.now());
  TimePoint arrives = leaves + internet_.links_.packet_delay(side.machine, ends_[other(from)].machine);
  if (!side.outgoing.empty()) arrives = std::max(arrives, side.outgoing.back().arrives);
  side.outgoing.push_back({arrives, std::move(data), kind});
  if (side.outgoing.size() == 1) arm(from);
}

// Arriving.

// The first packet of a direction has a timer; the others wait behind it.
void Circuit::arm(End from) {
  Side& side = ends_[from];
  if (side.timer != TimerId{}) internet_.loop_.cancel_timer(std::exchange(side.timer, TimerId{}));
  if (held_ || side.outgoing.empty()) return;
  side.timer = internet_.loop_.call_at(side.outgoing.front().arrives, [this, from] { on_arrival(from); });
}

void Circuit::on_arrival(End from) {
  std::deque<Packet>& outgoing = ends_[from].outgoing;
  const TimePoint now = internet_.loop_.now();
  ends_[from].timer = {};
  Internet::Machine& receiver = internet_.machines_[ends_[other(from)].machine];
  while (!outgoing.empty() && outgoing.front().arrives <= now) {
    Packet& packet = outgoing.front();
    if (!std::exchange(packet.received, true) && !receiver.down.unlimited()) {
      packet.arrives = receiver.down.pass(packet.data.size(), now);
      if (packet.arrives > now) break;
    }
    Packet arrived = std::move(packet);
    outgoing.pop_front();
    deliver(from, std::move(arrived));
  }
  if (finished()) return internet_.forget(*this);
  arm(from);
}

void Circuit::deliver(End from, Packet packet) {
  const End to = other(from);
  Side& side = ends_[to];
  if (muted_) return;
  if (side.lost) {
    // A machine that has come back knows nothing of the connection.
    if (packet.kind != Kind::kReset && internet_.machines_[side.machine].running) {
      transmit(to, Kind::kReset, Buffer());
    }
    return;
  }
  internet_.machines_[side.machine].traffic.received += packet.data.size();
  internet_.note(Internet::Note::kPacket, (number_ << 3) | (from << 2) | static_cast<unsigned>(packet.kind));
  internet_.fingerprint_.add(packet.data);
  if (side.closed || side.broken) return;
  switch (packet.kind) {
    case Kind::kData:
      on_data(to, std::move(packet.data));
      break;
    case Kind::kEnd:
      side.ended = true;
      side.readable.notify_all();
      break;
    case Kind::kReset:
      break_end(to);
      break;
  }
}

void Circuit::on_data(End to, Buffer data) {
  Side& side = ends_[to];
  side.unread_size += data.size();
  side.unread.push_back(std::move(data));
  side.readable.notify_all();
}

Buffer Circuit::take(End end, std::size_t max) {
  Side& side = ends_[end];
  Buffer data = side.unread.front().take_front(max);
  if (side.unread.front().empty()) side.unread.pop_front();
  side.unread_size -= data.size();
  Side& sender = ends_[other(end)];
  const Duration back = internet_.links_.latency(side.machine, sender.machine);
  sender.credits.push_back({internet_.loop_.now() + back, data.size()});
  if (sender.writable.has_waiters()) sender.writable.notify_all();
  return data;
}

// Ending.

void Circuit::reset(End end) {
  Side& side = ends_[end];
  if (std::exchange(side.closed, true)) return;
  end_waits(side);
  if (!side.broken) put(end, Kind::kReset, Buffer());
}

void Circuit::release(End end) {
  ends_[end].released = true;
  if (finished()) internet_.forget(*this);
}

bool Circuit::finished() const noexcept {
  return std::all_of(ends_.begin(), ends_.end(), [](const Side& s) { return s.released && s.outgoing.empty(); });
}

bool Circuit::stands() const noexcept {
  return !muted_ && std::none_of(ends_.begin(), ends_.end(), [](const Side& s) { return s.broken || s.closed; });
}

void Circuit::break_end(End end) {
  Side& side = ends_[end];
  if (std::exchange(side.broken, true)) return;
  end_waits(side);
}

void Circuit::end_waits(Side& side) {
  side.unread.clear();
  side.unread_size = 0;
  side.readable.notify_all();
  side.writable.notify_all();
}

void Circuit::cut() {
  for (const End end : {0u, 1u}) {
    ends_[end].outgoing.clear();
    arm(end);
    break_end(end);
  }
}

void Circuit::lose(End end, bool tell) {
  if (ends_[end].lost) return;
  if (tell) put(end, Kind::kReset, Buffer());
  ends_[end].lost = true;
  break_end(end);
}

void Circuit::hold(bool on) {
  if (std::exchange(held_, on) == on) return;
  if (on) {
    for (const End from : {0u, 1u}) arm(from);
    return;
  }
  const TimePoint now = internet_.loop_.now();
  for (const End from : {0u, 1u}) {
    TimePoint last{};
    for (Packet& packet : ends_[from].outgoing) {
      // What was sent meanwhile is repeated now.
      const Duration delay = internet_.links_.latency(machine(from), machine(other(from)));
      packet.arrives = last = std::max({packet.arrives, now + delay, last});
    }
    arm(from);
  }
}

}  // namespace opwire::sim
