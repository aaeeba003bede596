// An L1 node in memory: its head, its blocks, who signs.
#pragma once

#include "opwire/opstack/l1/headers_for_test.hpp"
#include "opwire/opstack/l1/read_signer.hpp"
#include "opwire/rpc/scripted_caller_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {

struct TestL1Node {
  explicit TestL1Node(Loop& of) : loop(of) {
    caller.on("eth_chainId",
              [this](const boost::json::array&) { return answer(boost::json::value(codec::to_quantity(chain))); });
    caller.on("eth_getBlockByNumber", [this](const boost::json::array& params) { return answer(block(params)); });
    caller.on("eth_getStorageAt", [this](const boost::json::array&) {
      return answer(boost::json::value("0x" + std::string(24, '0') + codec::to_hex(signer.view())));
    });
    caller.on("eth_getProof", [this](const boost::json::array&) { return answer(proof.answer); });
  }

  Result<rpc::Reply> answer(boost::json::value result) const {
    if (away) return rpc::errors::kHttpStatus;
    return rpc::Reply(std::move(result));
  }
  boost::json::value block(const boost::json::array& params) const {
    const std::string_view which = params.at(0).as_string();
    Envelope envelope = base;
    envelope.payload.state_root = proof.state_root;
    envelope.payload.number.value = which == "latest" ? head : std::stoull(std::string(which), nullptr, 16) + off_by;
    envelope.payload.timestamp = unix_seconds(loop.wall_now()) - head_age;
    boost::json::object header = header_with(envelope);
    if (!extra_field.empty()) header[extra_field] = "0x1";
    if (wrong_hash) header["hash"] = "0x" + std::string(64, '1');
    return header;
  }
  SignerReadOptions options(bool trust) const {
    SignerReadOptions options;
    options.l1_chain = ChainId{5};
    options.system_config = proof.account;
    options.trust_rpc = trust;
    return options;
  }

  Loop& loop;
  rpc::ScriptedCaller caller;
  Envelope base = envelope_of_vector("op_sepolia_block_26207960_v3_unsigned.json");
  ProofVector proof{0};
  std::uint64_t chain = 5;
  std::uint64_t head = 100;
  std::uint64_t head_age = 12;
  std::uint64_t off_by = 0;  // the block that is shown for a number
  Address signer;            // with --l1.trustrpc
  bool away = false;
  bool wrong_hash = false;
  std::string extra_field;
};

}  // namespace opwire::opstack
