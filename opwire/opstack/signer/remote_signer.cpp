#include "opwire/opstack/signer/remote_signer.hpp"

#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/signer/errors.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"

namespace opwire::opstack {
namespace {
constexpr log::Logger kLog{"signer"};
constexpr std::size_t kMaxVersion = 100;  // of what is logged
}  // namespace

std::string sign_block_params(ChainId chain, const Hash256& payload_hash, const Address& sender,
                              const Hash256& domain) {
  std::string text = R"([{"domain":[)";
  for (std::size_t i = 0; i < domain.bytes.size(); ++i) {
    if (i > 0) text.push_back(',');
    text.append(std::to_string(domain.bytes[i]));
  }
  text.append(R"(],"chainId":)").append(std::to_string(chain.value));
  text.append(R"(,"payloadHash":")").append(codec::to_base64(payload_hash.view()));
  return text.append(R"(","senderAddress":")").append(codec::to_hex0x(sender.view())).append(R"("}])");
}

Result<crypto::RecoverableSignature> parse_signer_answer(const boost::json::value& result) {
  const auto* const text = result.if_string();
  if (text == nullptr || !text->starts_with("0x")) return Error(errors::kSignerAnswer, "not a text in 0x-hex");
  const auto signature = codec::from_hex_as<crypto::RecoverableSignature>(std::string_view(*text));
  if (!signature) return Error(errors::kSignerAnswer, "not 65 bytes");
  return *signature;
}

Task<Result<rpc::Reply>> RemoteSigner::call(std::string method, std::string params, Duration timeout) {
  const TimePoint deadline = loop_.now() + timeout;
  Result<rpc::Reply> reply = co_await caller_.call(std::move(method), std::move(params), deadline);
  if (!reply && reply.error().is(opwire::errors::kTimeout)) co_return errors::kSignerTimeout;
  co_return reply;
}

Task<Result<void>> RemoteSigner::probe() {
  OPW_CO_TRY(const rpc::Reply reply, co_await call("health_status", "[]", options_.probe_timeout));
  if (reply.failure) {
    kLog.warn("the remote signer answers with an error",
              {{"method", "health_status"}, {"code", reply.failure->code}, {"message", reply.failure->message}});
    co_return errors::kSignerUnhealthy;
  }
  const auto* const version = reply.result.if_string();
  if (version == nullptr) co_return errors::kSignerUnhealthy;
  kLog.info("remote signer", {{"version", std::string_view(*version).substr(0, kMaxVersion)},
                              {"address", codec::to_checksum_hex(options_.address)}});
  co_return Result<void>();
}

Task<Result<crypto::RecoverableSignature>> RemoteSigner::sign(Hash256 payload_hash) {
  std::string params = sign_block_params(options_.chain, payload_hash, options_.address);
  OPW_CO_TRY(const rpc::Reply reply, co_await call("opsigner_signBlockPayload", std::move(params), options_.timeout));
  if (reply.failure) {
    kLog.warn(
        "the remote signer answers with an error",
        {{"method", "opsigner_signBlockPayload"}, {"code", reply.failure->code}, {"message", reply.failure->message}});
    co_return errors::kSignerRefused;
  }
  OPW_CO_TRY(const crypto::RecoverableSignature signature, parse_signer_answer(reply.result));
  const auto by = crypto::recover_address(signature, signing_hash(options_.chain, payload_hash));
  if (!by) co_return Error(errors::kSignerAnswer, "not a signature");
  if (*by == options_.address) co_return signature;
  kLog.warn("the remote signer signed with another key",
            {{"expected", codec::to_checksum_hex(options_.address)}, {"seen", codec::to_checksum_hex(*by)}});
  co_return errors::kSignerOther;
}

}  // namespace opwire::opstack
