// Any bytes as an RPC: what is read, written again and read again is the same; control put through a peer's queue comes
// out in parts that others accept, with nothing lost.
#include "opwire/p2p/gossipsub/router_for_test.hpp"

using namespace opwire;
using namespace opwire::gossipsub;

namespace {

/// Those of the ids that a MessageId can hold.
std::vector<MessageId> known_ids(IdList list) {
  std::vector<MessageId> ids;
  while (const auto bytes = list.next()) {
    if (const auto id = MessageId::from(*bytes)) ids.push_back(*id);
  }
  return ids;
}

void check_same(const RpcView& a, const RpcView& b) {
  OPW_CHECK(a.subscriptions.size() == b.subscriptions.size() && a.messages.size() == b.messages.size());
  for (std::size_t i = 0; i < a.subscriptions.size(); ++i) {
    OPW_CHECK(a.subscriptions[i].topic == b.subscriptions[i].topic);
    OPW_CHECK(a.subscriptions[i].subscribe == b.subscriptions[i].subscribe);
  }
  for (std::size_t i = 0; i < a.messages.size(); ++i) {
    OPW_CHECK(a.messages[i].topic == b.messages[i].topic && equal(a.messages[i].data, b.messages[i].data));
  }
  OPW_CHECK(a.graft == b.graft && a.prune.size() == b.prune.size());
  for (std::size_t i = 0; i < a.prune.size(); ++i) {
    OPW_CHECK(a.prune[i].topic == b.prune[i].topic && a.prune[i].backoff_seconds == b.prune[i].backoff_seconds);
  }
}

void check_round_trip(const RpcView& view, const RpcLimits& limits) {
  test::Rpc copy;
  for (const auto& s : view.subscriptions) copy.subscribe(s.topic, s.subscribe);
  for (const auto& m : view.messages) copy.message(m.topic, m.data);
  for (const auto& topic : view.graft) copy.graft(topic);
  for (const auto& p : view.prune) copy.prune(p.topic, p.backoff_seconds);
  const Buffer encoded = copy.build();
  RpcView again;
  OPW_CHECK(parse_rpc(encoded, limits, again).has_value());
  check_same(view, again);
}

void check_queue(const RpcView& view) {
  OutboundQueue queue(OutboundLimits{});
  std::map<std::string, std::vector<MessageId>> told;
  std::vector<MessageId> asked;
  for (const auto& entry : view.ihave) {
    const auto ids = known_ids(entry.ids);
    if (entry.topic.size() > 4096 || queue.ihave(entry.topic, ids) > 0) return;
    auto& list = told[std::string(entry.topic)];
    list.insert(list.end(), ids.begin(), ids.end());
  }
  for (const auto& list : view.iwant) {
    const auto ids = known_ids(list);
    if (queue.iwant(ids) > 0) return;
    asked.insert(asked.end(), ids.begin(), ids.end());
  }
  test::Sent sent;
  while (const auto frame = queue.pop()) {
    OPW_CHECK(frame->size() <= kMaxControlSize);
    sent.add(*frame);
  }
  OPW_CHECK(sent.iwant == asked);
  std::map<std::string, std::vector<MessageId>> heard;
  for (const auto& [topic, ids] : sent.ihave) heard[topic].insert(heard[topic].end(), ids.begin(), ids.end());
  std::erase_if(told, [](const auto& entry) { return entry.second.empty(); });
  OPW_CHECK(heard == told);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RpcLimits limits;
  limits.subscriptions = limits.messages = limits.control = 20;
  RpcView view;
  if (!parse_rpc({data, size}, limits, view)) return 0;
  OPW_CHECK(view.messages.size() <= 20 && view.ihave.size() <= 20 && view.idontwant.size() <= 20);
  check_round_trip(view, limits);
  check_queue(view);
  return 0;
}
