// An EngineController whose engine is the test itself.
#pragma once

#include <gtest/gtest.h>

#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/driver/engine_controller.hpp"
#include "opwire/opstack/driver/scripted_engine_for_test.hpp"

namespace opwire::opstack::test {

struct Mode {
  SyncMode sync;
  bool req_resp;
};
inline constexpr Mode kConsensus{SyncMode::kConsensus, true};
inline constexpr Mode kNoReqResp{SyncMode::kConsensus, false};
inline constexpr Mode kExecution{SyncMode::kExecution, true};

inline ControllerOptions options(const Mode& mode) {
  ControllerOptions options;
  options.mode = mode.sync;
  options.req_resp = mode.req_resp;
  options.genesis = hash(0);
  return options;
}

// A controller whose engine has block 10 as its head, 8 as safe and 5 as finalized.
class Drive {
 public:
  explicit Drive(const Mode& mode = kConsensus) : Drive(options(mode)) {}
  explicit Drive(const ControllerOptions& with) : controller(with) { controller.on_engine_found(); }

  template <class Call>
  Call expect() {
    const auto call = controller.next_call(now);
    if (!call || !std::holds_alternative<Call>(*call)) {
      ADD_FAILURE() << "another call, or none";
      return {};
    }
    return std::get<Call>(*call);
  }
  bool idle() { return !controller.next_call(now); }

  Drive& begin(const EngineHeads& heads = {ref(10), ref(8), ref(5)}) {
    expect<ReadHeads>();
    controller.on_heads(heads, now);
    controller.take_events();
    return *this;
  }
  void add(const Envelope& envelope) { ASSERT_TRUE(controller.on_payload(queued(envelope))); }
  std::uint64_t payload(const Result<PayloadStatus>& answer) {
    const auto sent = expect<SendPayload>();
    controller.on_payload_answer(answer, now);
    return sent.envelope.payload.number.value;
  }
  std::uint64_t payload(EngineStatus status) { return payload(ScriptedEngine::says(status)); }
  Forkchoice forkchoice(const Result<PayloadStatus>& answer) {
    const auto set = expect<SetForkchoice>();
    controller.on_forkchoice_answer(answer, now);
    return set.state;
  }
  Forkchoice forkchoice(EngineStatus status) { return forkchoice(ScriptedEngine::says(status)); }
  std::uint64_t head() const { return controller.heads().head->number.value; }
  template <class Event>
  std::vector<Event> events() {
    std::vector<Event> found;
    const auto all = controller.take_events();
    for (const ControllerEvent& event : all) {
      if (const auto* const wanted = std::get_if<Event>(&event)) found.push_back(*wanted);
    }
    return found;
  }

  EngineController controller;
  TimePoint now{std::chrono::seconds(1000)};
};

}  // namespace opwire::opstack::test
