#include "opwire/opstack/reputation/app_score.hpp"

#include <algorithm>

namespace opwire::opstack::reputation {
namespace {

void decay_counter(double& counter) noexcept {
  counter *= kDecay;
  if (counter < kDecayToZero) counter = 0;
}

}  // namespace

void AppScore::count(const PeerId& peer, double ReqRespScores::* counter, double cap, WallTime now) {
  if (mode_ == Mode::kNone) return;
  book_.update(peer, now, [counter, cap](PeerScores& scores) {
    double& value = scores.req_resp.*counter;
    value = std::min(value + 1, cap);
  });
}

void AppScore::on_valid_response(const PeerId& peer, WallTime now) {
  count(peer, &ReqRespScores::valid_responses, kValidResponses.cap, now);
}

void AppScore::on_error_response(const PeerId& peer, WallTime now) {
  count(peer, &ReqRespScores::error_responses, kErrorResponses.cap, now);
}

void AppScore::on_rejected_payload(const PeerId& peer, WallTime now) {
  count(peer, &ReqRespScores::rejected_payloads, kRejectedPayloads.cap, now);
}

void AppScore::decay(std::span<const PeerId> connected, WallTime now) {
  if (mode_ == Mode::kNone) return;
  for (const PeerId& peer : connected) {
    if (book_.get(peer, now).req_resp == ReqRespScores{}) continue;
    book_.update(peer, now, [](PeerScores& scores) {
      decay_counter(scores.req_resp.valid_responses);
      decay_counter(scores.req_resp.error_responses);
      decay_counter(scores.req_resp.rejected_payloads);
    });
  }
}

double AppScore::value(const PeerId& peer, WallTime now) const {
  if (mode_ == Mode::kNone) return 0;
  const ReqRespScores counters = book_.get(peer, now).req_resp;
  return kValidResponses.weight * counters.valid_responses + kErrorResponses.weight * counters.error_responses +
         kRejectedPayloads.weight * counters.rejected_payloads;
}

}  // namespace opwire::opstack::reputation
