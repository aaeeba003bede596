#include "opwire/opstack/l1/read_signer.hpp"

#include "opwire/base/log.hpp"
#include "opwire/codec/quantity.hpp"
#include "opwire/opstack/l1/account_proof.hpp"
#include "opwire/opstack/l1/json_fields.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

constexpr log::Logger kLog{"l1"};

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

class Reading {
 public:
  Reading(Loop& loop, rpc::Caller& caller, const SignerReadOptions& options)
      : loop_(loop), caller_(caller), options_(options) {}

  Task<Result<SignerReading>> read() {
    OPW_CO_TRYV(co_await check_chain());
    SignerReading reading;
    OPW_CO_TRY(const L1Header head, co_await block("latest"));
    reading.head_timestamp = head.timestamp;
    reading.block = head;
    if (options_.confirmations > 0) {
      const std::uint64_t number = head.number.value - std::min(head.number.value, options_.confirmations);
      OPW_CO_TRY(reading.block, co_await block(codec::to_quantity(number)));
      if (reading.block.number.value != number) co_return Error(errors::kL1Answer, "another block's number");
    }
    OPW_CO_TRY(const Hash256 word, co_await slot(reading.block));
    reading.signer = *Address::from(word.view().last(Address::kSize));
    co_return reading;
  }

 private:
  Task<Result<json::value>> call(std::string method, std::string params) {
    OPW_CO_TRY(rpc::Reply reply, co_await caller_.call(method, std::move(params), loop_.now() + options_.timeout));
    if (!reply.failure) co_return std::move(reply.result);
    kLog.debug("the L1 node answers with an error",
               {{"method", method}, {"code", reply.failure->code}, {"message", reply.failure->message}});
    co_return errors::kL1Refused;
  }

  Task<Result<void>> check_chain() {
    OPW_CO_TRY(const json::value answer, co_await call("eth_chainId", "[]"));
    OPW_CO_TRY(const std::uint64_t chain, l1::read_uint64(&answer));
    if (chain == options_.l1_chain.value) co_return Result<void>();
    kLog.error("the L1 node is of another chain", {{"expected", options_.l1_chain.value}, {"seen", chain}});
    co_return errors::kL1WrongChain;
  }

  Task<Result<L1Header>> block(std::string which) {
    OPW_CO_TRY(const json::value answer, co_await call("eth_getBlockByNumber", "[" + quoted(which) + ",false]"));
    co_return options_.trust_rpc ? parse_l1_header(answer) : verify_l1_header(answer);
  }

  // By the block's hash, so that what is read belongs to what was checked.
  Task<Result<Hash256>> slot(L1Header at) {
    const std::string account = quoted(codec::to_hex0x(options_.system_config.view()));
    const std::string key = quoted(codec::to_hex0x(kUnsafeBlockSignerSlot.view()));
    const std::string hash = quoted(codec::to_hex0x(at.hash.view()));
    if (options_.trust_rpc) {
      OPW_CO_TRY(const json::value word,
                 co_await call("eth_getStorageAt", "[" + account + "," + key + "," + hash + "]"));
      co_return l1::read_fixed<Hash256>(&word);
    }
    OPW_CO_TRY(const json::value answer, co_await call("eth_getProof", "[" + account + ",[" + key + "]," + hash + "]"));
    OPW_CO_TRY(const AccountProof proof, parse_account_proof(answer));
    co_return verify_proof(at.state_root, options_.system_config, kUnsafeBlockSignerSlot, proof);
  }

  Loop& loop_;
  rpc::Caller& caller_;
  const SignerReadOptions& options_;
};

}  // namespace

Task<Result<SignerReading>> read_signer(Loop& loop, rpc::Caller& caller, SignerReadOptions options) {
  Reading reading(loop, caller, options);
  co_return co_await reading.read();
}

}  // namespace opwire::opstack
