// An engine that answers what a script says.
#pragma once

#include <map>
#include <vector>

#include "opwire/opstack/driver/engine_client.hpp"

namespace opwire::opstack::test {

/// Answers each call with the next of its script, and with `otherwise` when that is over; writes down what was asked.
class ScriptedEngine final : public EngineClient {
 public:
  using Answer = Result<PayloadStatus>;
  static Answer says(EngineStatus status) {
    PayloadStatus answer;
    answer.status = status;
    return answer;
  }

  Task<Answer> new_payload(Envelope envelope) override {
    payloads.push_back(envelope.payload.number);
    co_return next(on_payload);
  }
  Task<Answer> forkchoice_updated(Forkchoice forkchoice, std::uint64_t) override {
    forkchoices.push_back(forkchoice);
    co_return next(on_forkchoice);
  }
  Task<Result<std::optional<L2BlockRef>>> block(BlockLabel label) override {
    if (unreachable) co_return errors::kEngineUnreachable;
    co_return labels[label];
  }
  Task<Result<std::optional<L2BlockRef>>> block(BlockNumber number) override {
    const auto found = blocks.find(number);
    co_return found == blocks.end() ? std::nullopt : std::optional(found->second);
  }
  Task<Result<Envelope>> payload(BlockNumber) override { co_return errors::kNoSuchBlock; }

  std::vector<Answer> on_payload;
  std::vector<Answer> on_forkchoice;
  Answer otherwise = says(EngineStatus::kValid);
  bool unreachable = false;
  std::map<BlockLabel, std::optional<L2BlockRef>> labels;
  std::map<BlockNumber, L2BlockRef> blocks;
  std::vector<BlockNumber> payloads;
  std::vector<Forkchoice> forkchoices;

 private:
  Answer next(std::vector<Answer>& script) {
    if (unreachable) return errors::kEngineUnreachable;
    if (script.empty()) return otherwise;
    Answer answer = std::move(script.front());
    script.erase(script.begin());
    return answer;
  }
};

}  // namespace opwire::opstack::test
