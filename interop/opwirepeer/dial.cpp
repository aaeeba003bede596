#include "interop/opwirepeer/dial.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>

#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::interop {
namespace {

struct Known {
  std::size_t arguments;
  Test run;
  bool untimed = false;  // ends when stdin does
};

const std::map<std::string, Known>& tests() {
  static const std::map<std::string, Known> kTests{
      {"identify", {0, test_identify}},       {"ping", {1, test_ping}},
      {"bulk up", {1, test_bulk_up}},         {"bulk down", {1, test_bulk_down}},
      {"streams", {2, test_streams}},         {"perf up", {1, test_perf_up}},
      {"perf down", {1, test_perf_down}},     {"perf latency", {1, test_perf_latency}},
      {"perf setups", {1, test_perf_setups}}, {"idle", {1, test_idle, true}},
  };
  return kTests;
}

struct Chosen {
  std::string name;
  Known test;
  Multiaddr target;
  std::vector<std::size_t> numbers;
};

Result<Chosen, std::string> choose(const std::vector<std::string>& words) {
  if (words.size() < 2) return std::string("dial needs an address and a test");
  const auto target = Multiaddr::parse_text(words[0]);
  if (!target || !target->peer_id()) return words[0] + " is no address that ends in /p2p/ID";
  auto found = tests().find(words[1]);
  std::size_t next = 2;
  if (found == tests().end() && words.size() > 2) found = tests().find(words[1] + " " + words[next++]);
  if (found == tests().end()) return "unknown test " + words[1];
  std::vector<std::size_t> numbers;
  for (; next < words.size(); ++next) {
    OPW_TRY(const std::size_t number, parse_count(words[next]));
    numbers.push_back(number);
  }
  if (numbers.size() != found->second.arguments) {
    return found->first + " takes " + std::to_string(found->second.arguments) + " numbers";
  }
  return Chosen{found->first, found->second, *target, numbers};
}

void emit_failure(const std::string& name, const std::string& reason) {
  emit("result", {{"test", name}, {"ok", false}, {"error", reason}});
}

}  // namespace

int run_dial(const Options& options) {
  const auto chosen = choose(options.arguments);
  if (!chosen) {
    std::fprintf(stderr, "opwirepeer: %s\n", chosen.error().c_str());
    return kUsage;
  }
  ReactorLoop loop;
  Timer timeout(loop, [&] {
    emit_failure(chosen->name, "the test did not end in time");
    std::_Exit(kFailed);  // whatever is stuck must not hold the process
  });
  if (!chosen->test.untimed) timeout.arm_in(options.timeout);
  Dialer dialer(loop, options, chosen->target, chosen->numbers);
  Result<Fields> result = loop.run(chosen->test.run(dialer));
  if (!result) {
    emit_failure(chosen->name, result.error().message());
    return kFailed;
  }
  Fields line{{"test", chosen->name}, {"ok", true}};
  for (const auto& field : *result) line.emplace(field.key(), field.value());
  emit("result", line);
  return kOk;
}

Task<Result<Fields>> with_peer(Dialer& dialer, WithPeer body) {
  OPW_CO_TRY(const std::unique_ptr<Peer> peer, Peer::make(dialer.loop, dialer.options.key_type));
  const Result<void> connected = co_await peer->connect(dialer.target);
  Result<Fields> result = opwire::errors::kClosed;
  if (connected) {
    result = co_await body(dialer, *peer);
  } else {
    result = connected.error();
  }
  co_await peer->host().close();
  co_return result;
}

namespace {

Task<Result<Fields>> on_stream(Dialer& dialer, Peer& peer, const char* protocol, WithStream body) {
  std::vector<std::string> protocols{protocol};
  OPW_CO_TRY(PeerStream stream, co_await peer.host().new_stream(dialer.peer_id, std::move(protocols)));
  co_return co_await body(dialer, *stream);
}

}  // namespace

Task<Result<Fields>> with_stream(Dialer& dialer, const char* protocol, WithStream body) {
  OPW_CO_TRY(const std::unique_ptr<Peer> peer, Peer::make(dialer.loop, dialer.options.key_type));
  const Result<void> connected = co_await peer->connect(dialer.target);
  Result<Fields> result = opwire::errors::kClosed;
  if (connected) {
    result = co_await on_stream(dialer, *peer, protocol, body);
  } else {
    result = connected.error();
  }
  co_await peer->host().close();
  co_return result;
}

namespace {

struct Shared {
  std::size_t count;
  const Body& body;
  std::size_t next = 0;
  Result<void> outcome;
};

Task<void> work(Shared& shared) {
  while (shared.outcome && shared.next < shared.count) {
    const Result<void> done = co_await shared.body(shared.next++);
    if (!done) shared.outcome = done.error();
  }
}

}  // namespace

Task<Result<void>> in_parallel(Loop& loop, std::size_t count, std::size_t at_once, Body body) {
  Shared shared{count, body};
  Scope scope(loop);
  for (std::size_t i = 0; i < std::min(count, at_once); ++i) scope.spawn(work(shared));
  co_await scope.join();
  co_return shared.outcome;
}

}  // namespace opwire::interop
