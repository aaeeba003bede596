// What we answer when others ask.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/token_bucket.hpp"
#include "opwire/discv5/limits.hpp"
#include "opwire/discv5/local_record.hpp"
#include "opwire/discv5/message.hpp"
#include "opwire/discv5/sessions.hpp"
#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {

/// The answer to a TALKREQ; at most kMaxTalk bytes, or it is not sent.
using TalkHandler = std::function<Bytes(const Peer& from, ByteView message)>;

class Responder {
 public:
  static constexpr std::size_t kMaxTalk = 1100;

  /// Both outlive this.
  Responder(const LocalRecord& own, Table& table, const Limits& limits);

  void set_talk_handler(std::string protocol, TalkHandler handler);

  /// Whether this address still has answers to expect now; each call takes one.
  bool admit(const net::Endpoint& to, TimePoint now);
  /// What is to be sent back: one message, several to a FINDNODE. Nothing to what is no request.
  std::vector<Message> answer(const Peer& from, const Message& request);

 private:
  Message pong(const Peer& from, const Ping& ping) const;
  std::vector<Message> nodes(const Peer& from, const FindNode& request);
  Message talk(const Peer& from, const TalkRequest& request) const;

  const LocalRecord& own_;
  Table& table_;
  const Limits limits_;
  std::map<std::string, TalkHandler, std::less<>> talk_handlers_;
  LruCache<net::Endpoint, std::optional<TokenBucket>> rates_{4096};
};

}  // namespace opwire::discv5
