#include "opwire/p2p/gossipsub/rpc.hpp"

#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/gossipsub/rpc_fields.hpp"

namespace opwire::gossipsub {
namespace {

using protobuf::Field;
using protobuf::Reader;
using protobuf::WireType;

/// Calls visit(field) for each field; visit returns void or Result<void>.
template <class Visit>
Result<void> for_each_field(ByteView message, Visit visit) {
  Reader reader(message);
  while (!reader.done()) {
    OPW_TRY(const Field field, reader.next());
    if constexpr (std::is_void_v<decltype(visit(field))>) {
      visit(field);
    } else {
      OPW_TRYV(visit(field));
    }
  }
  return {};
}

/// The string in a field, or nothing when it is another field.
void take_text(const Field& from, std::uint32_t number, std::string_view& into) {
  if (from.is(number, WireType::kBytes)) into = as_text(from.bytes);
}

class Parser {
 public:
  Parser(const RpcLimits& limits, RpcView& into) : limits_(limits), out_(into) {}

  Result<void> rpc(ByteView bytes) {
    return for_each_field(bytes, [this](const Field& f) -> Result<void> {
      if (f.is(field::kRpcSubscription, WireType::kBytes)) return subscription(f.bytes);
      if (f.is(field::kRpcMessage, WireType::kBytes)) return message(f.bytes);
      if (f.is(field::kRpcControl, WireType::kBytes)) return control(f.bytes);
      return {};
    });
  }

 private:
  template <class T>
  void keep(std::vector<T>& list, std::size_t limit, T entry) {
    if (list.size() < limit) {
      list.push_back(std::move(entry));
    } else {
      ++out_.passed_over;
    }
  }

  Result<void> subscription(ByteView bytes) {
    SubscriptionView view;
    OPW_TRYV(for_each_field(bytes, [&](const Field& f) {
      if (f.is(field::kSubscriptionSubscribe, WireType::kVarint)) view.subscribe = f.number_value != 0;
      take_text(f, field::kSubscriptionTopic, view.topic);
    }));
    keep(out_.subscriptions, limits_.subscriptions, view);
    return {};
  }

  Result<void> message(ByteView bytes) {
    MessageView view;
    OPW_TRYV(for_each_field(bytes, [&](const Field& f) {
      if (f.type != WireType::kBytes) return;
      switch (f.number) {
        case field::kMessageFrom:
          view.from = f.bytes;
          break;
        case field::kMessageData:
          view.data = f.bytes;
          break;
        case field::kMessageSeqno:
          view.seqno = f.bytes;
          break;
        case field::kMessageTopic:
          view.topic = as_text(f.bytes);
          break;
        case field::kMessageSignature:
          view.signature = f.bytes;
          break;
        case field::kMessageKey:
          view.key = f.bytes;
          break;
        default:
          break;
      }
    }));
    keep(out_.messages, limits_.messages, view);
    return {};
  }

  Result<void> control(ByteView bytes) {
    return for_each_field(bytes, [this](const Field& f) -> Result<void> {
      if (f.type != WireType::kBytes) return {};
      switch (f.number) {
        case field::kControlIhave:
          return ihave(f.bytes);
        case field::kControlIwant:
          return ids(f.bytes, field::kIwantId, out_.iwant);
        case field::kControlGraft:
          return graft(f.bytes);
        case field::kControlPrune:
          return prune(f.bytes);
        case field::kControlIdontwant:
          return ids(f.bytes, field::kIdontwantId, out_.idontwant);
        default:
          return {};
      }
    });
  }

  Result<void> ihave(ByteView bytes) {
    std::string_view topic;
    OPW_TRYV(for_each_field(bytes, [&](const Field& f) { take_text(f, field::kIhaveTopic, topic); }));
    keep(out_.ihave, limits_.control, IhaveView{topic, IdList(bytes, field::kIhaveId)});
    return {};
  }

  Result<void> ids(ByteView bytes, std::uint32_t number, std::vector<IdList>& into) {
    OPW_TRYV(for_each_field(bytes, [](const Field&) {}));
    keep(into, limits_.control, IdList(bytes, number));
    return {};
  }

  Result<void> graft(ByteView bytes) {
    std::string_view topic;
    OPW_TRYV(for_each_field(bytes, [&](const Field& f) { take_text(f, field::kGraftTopic, topic); }));
    keep(out_.graft, limits_.control, topic);
    return {};
  }

  Result<void> prune(ByteView bytes) {
    PruneView view;
    view.peers = IdList(bytes, field::kPrunePeer);
    OPW_TRYV(for_each_field(bytes, [&](const Field& f) {
      take_text(f, field::kPruneTopic, view.topic);
      if (f.is(field::kPruneBackoff, WireType::kVarint)) view.backoff_seconds = f.number_value;
    }));
    keep(out_.prune, limits_.control, view);
    return {};
  }

  const RpcLimits& limits_;
  RpcView& out_;
};

}  // namespace

Result<PeerInfoView> parse_peer_info(ByteView encoded) {
  PeerInfoView view;
  OPW_TRYV(for_each_field(encoded, [&](const Field& f) {
    if (f.is(field::kPeerInfoId, WireType::kBytes)) view.id = f.bytes;
    if (f.is(field::kPeerInfoRecord, WireType::kBytes)) view.record = f.bytes;
  }));
  return view;
}

std::optional<ByteView> IdList::next() noexcept {
  Reader reader(rest_);
  while (!reader.done()) {
    const Result<Field> read = reader.next();
    if (!read) break;
    if (!read->is(field_, WireType::kBytes)) continue;
    const ByteView id = read->bytes;
    rest_ = rest_.subspan(static_cast<std::size_t>(id.data() + id.size() - rest_.data()));
    return id;
  }
  rest_ = {};
  return std::nullopt;
}

void RpcView::clear() noexcept {
  subscriptions.clear();
  messages.clear();
  ihave.clear();
  iwant.clear();
  graft.clear();
  prune.clear();
  idontwant.clear();
  passed_over = 0;
}

Result<void> parse_rpc(ByteView rpc, const RpcLimits& limits, RpcView& into) {
  into.clear();
  return Parser(limits, into).rpc(rpc);
}

}  // namespace opwire::gossipsub
