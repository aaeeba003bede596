// A server on loopback that answers calls as its test says, over HTTP and WebSocket.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "opwire/net/http/server.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::rpc::test {

/// What is said to the text of one call.
using Answerer = std::function<http::Response(const http::Request&)>;

inline http::Response json_response(std::string body, unsigned status = 200) {
  return http::Response(status, std::move(body), "application/json");
}
/// The call's id, from its text.
inline std::string id_of(const std::string& call) {
  return boost::json::serialize(boost::json::parse(call).at("id"));
}
inline std::string result_text(const std::string& call, const std::string& result) {
  return R"({"jsonrpc":"2.0","id":)" + id_of(call) + R"(,"result":)" + result + "}";
}

class TestServer {
 public:
  /// port 0: any. A handler of WebSockets is optional.
  TestServer(Loop& loop, Answerer answerer, std::uint16_t port = 0, http::WebSocketHandler websocket = {})
      : answerer_(std::move(answerer)) {
    http::ServerOptions options;
    options.endpoint = net::Endpoint(ByteArray<4>{127, 0, 0, 1}, port);
    http::Handlers handlers(
        [this](http::Request request, http::PeerInfo) { return answer(*this, std::move(request)); });
    handlers.websocket = std::move(websocket);
    handlers.websocket_check = [this](const http::Request& request,
                                      const http::PeerInfo&) -> std::optional<http::Response> {
      note(request);
      if (refuse_websocket == 0) return std::nullopt;
      return http::Response::text(refuse_websocket, "no");
    };
    server_ = std::move(*http::Server::make(loop, options, std::move(handlers)));
  }

  std::uint16_t port() const { return server_->local_endpoint()->port; }
  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port()) + "/";
  }
  void close(ReactorLoop& loop) { loop.run(server_->close(loop.now())); }

  std::vector<std::string> authorizations;  ///< header values as they came
  unsigned refuse_websocket = 0;            ///< with this status

 private:
  void note(const http::Request& request) {
    const std::string* const value = request.headers.find("Authorization");
    authorizations.push_back(value == nullptr ? "" : *value);
  }
  static Task<http::Response> answer(TestServer& self, http::Request request) {
    self.note(request);
    co_return self.answerer_(request);
  }

  Answerer answerer_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace opwire::rpc::test
