#include "opwire/net/http/handshake.hpp"

#include <openssl/evp.h>

#include "opwire/base/check.hpp"
#include "opwire/codec/base64.hpp"
#include "opwire/net/http/errors.hpp"

namespace opwire::http {

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  ByteArray<20> hash{};
  unsigned size = 0;
  OPW_CHECK(EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha1(), nullptr) == 1);
  return codec::to_base64(hash);
}

bool is_websocket_request(const Request& request) {
  return request.headers.has_token("Upgrade", "websocket") && request.headers.has_token("Connection", "upgrade");
}

Response answer_websocket(const Request& request) {
  if (request.method != "GET") return Response::text(400, "WebSocket begins with GET");
  const std::string* version = request.headers.find("Sec-WebSocket-Version");
  if (version == nullptr || *version != "13") {
    Response refusal = Response::text(426, "WebSocket version 13 only");
    refusal.headers.add("Sec-WebSocket-Version", "13");
    return refusal;
  }
  const std::string* key = request.headers.find("Sec-WebSocket-Key");
  const auto nonce = key != nullptr ? codec::from_base64(*key) : Result<Bytes>(Bytes());
  if (!nonce || nonce->size() != 16) return Response::text(400, "WebSocket key");
  Response agreed(101);
  agreed.headers.add("Upgrade", "websocket");
  agreed.headers.add("Connection", "Upgrade");
  agreed.headers.add("Sec-WebSocket-Accept", websocket_accept(*key));
  return agreed;
}

Request make_websocket_request(std::string target, Headers headers, Rng& rng) {
  ByteArray<16> nonce{};
  rng.fill(nonce);
  Request request("GET", std::move(target));
  request.headers = std::move(headers);
  request.headers.set("Upgrade", "websocket");
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Sec-WebSocket-Version", "13");
  request.headers.set("Sec-WebSocket-Key", codec::to_base64(nonce));
  return request;
}

Result<void> check_websocket_answer(const Request& request, const Response& response) {
  if (response.status == 401 || response.status == 403) return errors::kForbidden;
  if (response.status != 101) return Error(errors::kHandshake, "its status is not 101");
  if (!response.headers.has_token("Upgrade", "websocket") || !response.headers.has_token("Connection", "upgrade")) {
    return Error(errors::kHandshake, "no upgrade");
  }
  const std::string* accept = response.headers.find("Sec-WebSocket-Accept");
  const std::string* key = request.headers.find("Sec-WebSocket-Key");
  if (accept == nullptr || key == nullptr || *accept != websocket_accept(*key)) {
    return Error(errors::kHandshake, "Sec-WebSocket-Accept");
  }
  if (response.headers.contains("Sec-WebSocket-Extensions")) return Error(errors::kHandshake, "unasked extensions");
  return {};
}

}  // namespace opwire::http
