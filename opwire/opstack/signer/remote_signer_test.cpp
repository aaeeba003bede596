#include "opwire/opstack/signer/remote_signer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/net/http/client.hpp"
#include "opwire/net/http/server.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/net/tls/errors.hpp"
#include "opwire/net/tls/stream.hpp"
#include "opwire/net/tls/tls_for_test.hpp"
#include "opwire/opstack/signer/errors.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"
#include "opwire/rpc/call_text.hpp"
#include "opwire/rpc/scripted_caller_for_test.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
namespace json = boost::json;

template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

// Hardhat's public development accounts 5 and 0.
constexpr const char* kKey = "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";
constexpr const char* kOtherKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kAddress = "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc";
constexpr ChainId kChain{901};

const Hash256 kPayload = crypto::keccak256(as_bytes("payload"));

RemoteSignerOptions options() {
  return {kChain, codec::from_hex_as<Address>(kAddress).value()};
}
std::string signed_by(const char* key, const Hash256& payload_hash) {
  const Bytes secret = codec::from_hex(key).value();
  return codec::to_hex0x(crypto::sign_recoverable(secret, signing_hash(kChain, payload_hash))->view());
}

// op-service/signer, TestBlockPayloadArgs (testdata/opstack/signing_hash_vectors.json).
TEST(RemoteSigner, CallsAsOpNodeDoes) {
  Hash256 domain;
  domain.bytes[0] = 123;
  domain.bytes[1] = 42;
  const Address sender = codec::from_hex_as<Address>("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266").value();
  const std::string params =
      sign_block_params(ChainId{100}, crypto::keccak256(as_bytes("arbitraryData")), sender, domain);
  std::string zeros;
  for (int i = 0; i < 30; ++i) zeros += ",0";
  EXPECT_EQ(params, R"([{"domain":[123,42)" + zeros +
                        R"(],"chainId":100,"payloadHash":"7qa7ZZHSC1LytldPsgv3J5zQPVgWE9jqHojIK4QAFEs=",)" +
                        R"("senderAddress":"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"}])");
}

struct Scripted {
  auto sign() { return loop.run(signer.sign(kPayload)); }
  void answers(const std::string& result) { caller.on("opsigner_signBlockPayload", result); }
  SimulatedLoop loop;
  rpc::ScriptedCaller caller;
  RemoteSigner signer{loop, caller, options()};
};

TEST(RemoteSigner, TakesTheSignatureThatIsTheAddresss) {
  Scripted world;
  world.answers("\"" + signed_by(kKey, kPayload) + "\"");
  const auto signature = world.sign();
  ASSERT_TRUE(signature) << signature.error().message();
  EXPECT_EQ(*crypto::recover_address(*signature, signing_hash(kChain, kPayload)), world.signer.address());
  EXPECT_EQ(world.caller.calls().at(0).params, sign_block_params(kChain, kPayload, world.signer.address()));
}

TEST(RemoteSigner, AnotherKeyOrAnotherPayloadIsRefused) {
  Scripted world;
  const log::Capture capture;
  world.answers("\"" + signed_by(kOtherKey, kPayload) + "\"");
  EXPECT_TRUE(is_error(world.sign(), errors::kSignerOther));
  EXPECT_NE(capture.text().find("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), std::string::npos) << capture.text();
  world.answers("\"" + signed_by(kKey, Hash256{}) + "\"");
  EXPECT_TRUE(is_error(world.sign(), errors::kSignerOther));
}

TEST(RemoteSigner, WhatIsNoSignatureIsRefused) {
  Scripted world;
  const std::string good = signed_by(kKey, kPayload);
  std::string ethereums = good;
  ethereums.replace(ethereums.size() - 2, 2, good.ends_with("0") ? "1b" : "1c");  // v as transactions had it
  const std::string cut = good.substr(0, good.size() - 2);
  const std::string zeros = "0x" + std::string(130, '0');
  for (const std::string& answer :
       {cut, good + "00", good.substr(2), std::string("0x"), std::string(), zeros, ethereums}) {
    world.answers("\"" + answer + "\"");
    EXPECT_TRUE(is_error(world.sign(), errors::kSignerAnswer)) << answer;
  }
  for (const char* answer : {"null", "{}", "65", "[0]"}) {
    world.answers(answer);
    EXPECT_TRUE(is_error(world.sign(), errors::kSignerAnswer)) << answer;
  }
}

TEST(RemoteSigner, ErrorsHaveNames) {
  Scripted world;
  EXPECT_TRUE(is_error(world.sign(), errors::kSignerRefused)) << "an unknown method";
  EXPECT_TRUE(is_error(world.loop.run(world.signer.probe()), errors::kSignerUnhealthy));
  world.caller.on("opsigner_signBlockPayload",
                  [](const json::array&) -> Result<rpc::Reply> { return rpc::errors::kHttpStatus; });
  EXPECT_TRUE(is_error(world.sign(), rpc::errors::kHttpStatus));
  world.caller.on("health_status", "{}");
  EXPECT_TRUE(is_error(world.loop.run(world.signer.probe()), errors::kSignerUnhealthy));
  world.caller.on("health_status", "\"v1.5.0\"");
  EXPECT_TRUE(world.loop.run(world.signer.probe()));
}

// op-signer as a server on loopback, with TLS that wants a certificate; and the way there.
class HttpSigner final : public rpc::Caller {
 public:
  explicit HttpSigner(http::Client& client) : client_(client) {}
  Task<Result<rpc::Reply>> call(std::string method, std::string params, TimePoint deadline) override {
    http::Request request("POST", "/", rpc::to_call_text(1, method, params));
    request.headers.add("Content-Type", "application/json");
    OPW_CO_TRY(const http::Response response, co_await client_.request(std::move(request), deadline));
    if (response.status != 200) co_return rpc::errors::kHttpStatus;
    OPW_CO_TRY(rpc::Answer answer, rpc::parse_answer(response.body));
    co_return std::move(answer.reply);
  }

 private:
  http::Client& client_;
};

struct OpSigner {
  OpSigner() {
    http::Handler handler = [this](http::Request request, http::PeerInfo) { return serve(*this, std::move(request)); };
    http_server = std::move(*http::Server::make(loop, http::ServerOptions(), http::Handlers(std::move(handler))));
    listener = std::move(*net::TcpListener::bind(loop, net::Endpoint(ByteArray<4>{127, 0, 0, 1}, 0)));
    server_tls = *tls::Context::make(files.options(tls::Side::kServer));
    scope.spawn(accept(*this));
    http::ClientOptions client_options;
    client_options.tls = *tls::Context::make(files.options(tls::Side::kClient));
    const auto url = http::parse_url("https://127.0.0.1:" + std::to_string(listener->local().port));
    client = std::move(*http::Client::make(loop, *url, nullptr, rng, client_options));
    caller.emplace(*client);
    signer.emplace(loop, *caller, remote);
  }
  ~OpSigner() {
    loop.run(client->close());
    scope.cancel();
    loop.run(http_server->close(loop.now()));
    loop.run(scope.join());
  }
  static Task<void> accept(OpSigner& self) {
    while (true) {
      auto accepted = co_await self.listener->accept();
      if (!accepted) co_return;
      auto stream = co_await tls::TlsStream::accept(self.loop, std::move(accepted->stream), self.server_tls,
                                                    self.loop.now() + seconds(5));
      if (stream) self.http_server->serve(std::move(*stream), http::PeerInfo(accepted->remote));
    }
  }
  // From what was asked, as the real one: the hash is read from the call.
  static Task<http::Response> serve(OpSigner& self, http::Request request) {
    if (self.hangs) (void)co_await sleep_for(self.loop, seconds(60));
    const json::value call = json::parse(request.body);
    std::string result = "v1.0.0";
    if (call.at("method") == "opsigner_signBlockPayload") {
      const json::value& args = call.at("params").at(0);
      const Bytes hash = codec::from_base64(std::string_view(args.at("payloadHash").as_string())).value();
      result = signed_by(self.key, *Hash256::from(hash)) + self.appended;
    }
    http::Response response(200, R"({"jsonrpc":"2.0","id":1,"result":")" + result + R"("})", "application/json");
    response.headers.add("Connection", "close");  // so that each call shakes hands
    co_return response;
  }
  auto sign() { return loop.run(signer->sign(kPayload)); }

  tls::TestFiles files;
  ReactorLoop loop;
  SeededRng rng{1};
  Scope scope{loop};
  std::shared_ptr<tls::Context> server_tls;
  std::unique_ptr<net::TcpListener> listener;
  std::unique_ptr<http::Server> http_server;
  std::unique_ptr<http::Client> client;
  std::optional<HttpSigner> caller;
  RemoteSignerOptions remote = options();
  std::optional<RemoteSigner> signer;
  const char* key = kKey;
  std::string appended;
  bool hangs = false;
};

TEST(RemoteSignerOverTls, Signs) {
  OpSigner world;
  EXPECT_TRUE(world.loop.run(world.signer->probe()));
  const auto signature = world.sign();
  ASSERT_TRUE(signature) << signature.error().message();
  EXPECT_EQ(*crypto::recover_address(*signature, signing_hash(kChain, kPayload)), world.signer->address());
}

TEST(RemoteSignerOverTls, WrongAnswers) {
  OpSigner world;
  world.key = kOtherKey;
  EXPECT_TRUE(is_error(world.sign(), errors::kSignerOther));
  world.key = kKey;
  world.appended = "00";
  EXPECT_TRUE(is_error(world.sign(), errors::kSignerAnswer));
}

TEST(RemoteSignerOverTls, AHangingSignerIsATimeout) {
  OpSigner world;
  world.remote.timeout = world.remote.probe_timeout = milliseconds(100);
  RemoteSigner impatient(world.loop, *world.caller, world.remote);
  world.hangs = true;
  EXPECT_TRUE(is_error(world.loop.run(impatient.sign(kPayload)), errors::kSignerTimeout));
  EXPECT_TRUE(is_error(world.loop.run(impatient.probe()), errors::kSignerTimeout));
  world.hangs = false;
  EXPECT_TRUE(world.loop.run(impatient.sign(kPayload)));
}

TEST(RemoteSignerOverTls, CertificatesChangeWhileItRuns) {
  OpSigner world;
  ASSERT_TRUE(world.sign());
  const tls::TestAuthority next("next authority");
  world.files.put("client", next.issue());
  const auto refused = world.sign();
  EXPECT_TRUE(is_error(refused, tls::errors::kCertificateRefused));
  world.files.folder.put("ca.crt", next.pem());
  world.files.put("server", next.issue());
  const auto signature = world.sign();
  EXPECT_TRUE(signature) << signature.error().message();
}

TEST(RemoteSignerOverTls, ServerOfAnotherAuthority) {
  OpSigner world;
  world.files.put("server", tls::TestAuthority("stranger").issue());
  EXPECT_TRUE(is_error(world.sign(), tls::errors::kUnknownAuthority));
  EXPECT_TRUE(is_error(world.loop.run(world.signer->probe()), tls::errors::kUnknownAuthority));
}

}  // namespace
}  // namespace opwire::opstack
