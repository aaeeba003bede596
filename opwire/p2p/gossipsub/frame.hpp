// What goes out on a stream: one length-prefixed RPC in up to three pieces.
#pragma once

#include <array>
#include <string_view>

#include "opwire/base/buffer.hpp"

namespace opwire::gossipsub {

/// Written piece after piece. A message's data are the middle piece and are shared by all peers it goes to.
struct Frame {
  Buffer head;  ///< length prefix and all that stands before the data
  Buffer body;  ///< may be empty
  Buffer tail;  ///< may be empty

  std::size_t size() const noexcept { return head.size() + body.size() + tail.size(); }
  std::array<ByteView, 3> pieces() const noexcept { return {head.view(), body.view(), tail.view()}; }
};

struct Authorship;

/// An RPC with one message: encoded once, for all peers. The data are not copied. author: null under StrictNoSign.
Frame make_message_frame(std::string_view topic, Buffer data, const Authorship* author = nullptr);
/// Size of that RPC, without its length prefix.
std::size_t message_rpc_size(std::string_view topic, std::size_t data_size,
                             const Authorship* author = nullptr) noexcept;
/// Appends a message's fields in the order of their numbers, those of author that are not empty among them: what a
/// signature is over when it has none yet.
void append_message_fields(Bytes& out, std::string_view topic, ByteView data, const Authorship& author);

/// A whole RPC with its length prefix.
Frame make_frame(ByteView rpc);

}  // namespace opwire::gossipsub
