#include "opwire/node/api/node_api.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "opwire/node/api/block_list_methods.hpp"
#include "opwire/node/api/block_methods.hpp"
#include "opwire/node/api/insight_json.hpp"
#include "opwire/node/api/live_methods.hpp"
#include "opwire/node/api/peer_book_methods.hpp"
#include "opwire/node/api/peer_methods.hpp"
#include "opwire/node/api/peers_json.hpp"
#include "opwire/node/api/sync_status.hpp"
#include "opwire/node/api/watch_json.hpp"
#include "opwire/node/feed.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
using rpc::Failure;
using rpc::MethodAnswer;
using Access = rpc::MethodTable::Access;

constexpr log::Logger kLog{"rpc"};

std::string json_text(std::string_view text) {
  return GoJson().text(text).take();
}

/// Where the methods take no parameters.
rpc::PlainMethod without_params(std::function<MethodAnswer()> answer) {
  return [answer = std::move(answer)](const json::array& params) -> MethodAnswer {
    OPW_TRYV(rpc::check_count(params, 0, 0));
    return answer();
  };
}

/// Of a method with so many parameters.
rpc::PlainMethod refusal(std::string why, std::size_t count = 0) {
  return [why = std::move(why), count](const json::array& params) -> MethodAnswer {
    OPW_TRYV(rpc::check_count(params, count, count));
    return rpc::failed(why);
  };
}

// As op-node without its database of safe heads.
MethodAnswer safe_head_at(const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 1));
  OPW_TRY(const std::string_view number, rpc::text_param(params, 0));
  if (!number.starts_with("0x") || number.size() > 18) return rpc::invalid_argument(0, "expected a number in 0x-hex");
  return rpc::failed("failed to get safe head at l1 block " + std::string(number) + ": safe head database not enabled");
}

// As op-node that does not sequence: nothing comes of it.
MethodAnswer set_recover_mode(const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 1));
  OPW_TRYV(rpc::bool_param(params, 0));
  return std::string("null");
}

MethodAnswer rollup_config(const Config& config) {
  const auto complete = opstack::validate(config.rollup);
  if (!complete) {
    return rpc::failed("the rollup configuration of " + config.chain_name + " is incomplete: " + complete.error() +
                       "; --rollup.config gives all of it");
  }
  return json::serialize(json::parse(opstack::to_json(config.rollup)));  // without its spaces
}

MethodAnswer set_log_level(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 1));
  OPW_TRY(const std::string_view level, rpc::text_param(params, 0));
  if (level.empty()) return rpc::failed("unknown log level ''");
  if (!parts.set_log_level) return rpc::failed("the log level cannot be changed");
  const auto set = parts.set_log_level(std::string(level));
  if (!set) return rpc::failed(set.error());
  kLog.info("log level set by RPC", {{"level", level}});
  return std::string("null");
}

// {"payload":true}; nothing else.
Result<bool, Failure> wants_payload(const json::array& params) {
  const json::value* const options = rpc::find_param(params, 1);
  if (options == nullptr) return false;
  const json::object* const fields = options->if_object();
  if (fields == nullptr) return rpc::invalid_argument(1, "expected an object");
  bool wanted = false;
  for (const auto& [name, value] : *fields) {
    if (name != "payload" || !value.is_bool()) return rpc::invalid_argument(1, "expected {\"payload\":true}");
    wanted = value.get_bool();
  }
  return wanted;
}

}  // namespace

NodeApi::NodeApi(ApiParts parts, const NodeApiOptions& options)
    : parts_(std::move(parts)), options_(options), tasks_(parts_.network.loop()) {
  if (parts_.sync_progress) tasks_.spawn(tell_progress(*this));
}

NodeApi::~NodeApi() = default;

Task<void> NodeApi::close() {
  tasks_.cancel();
  co_await tasks_.join();
}

void NodeApi::add_methods(rpc::MethodTable& methods) {
  add_node_methods(methods);
  if (parts_.config.p2p) add_peer_methods(methods);
  add_insight_methods(methods);
  add_live_methods(methods, parts_);
  add_admin_methods(methods);
  rpc::add_subscription_methods(methods, [this](const json::array& params) { return choose_channel(params); });
  methods.add_plain("rpc_modules", without_params([&methods] { return MethodAnswer(methods.modules()); }));
}

void NodeApi::add_node_methods(rpc::MethodTable& methods) {
  const auto version = without_params([this] { return MethodAnswer(json_text(parts_.version)); });
  methods.add_plain("health_status", version);
  methods.add_plain("optimism_version", version);
  methods.add_plain("optimism_syncStatus", without_params([this] { return MethodAnswer(sync_status_json(parts_)); }));
  methods.add_plain("optimism_rollupConfig", without_params([this] { return rollup_config(parts_.config); }));
  methods.add_plain("optimism_dependencySet", refusal("not found"));
  methods.add_plain("optimism_safeHeadAtL1Block", safe_head_at);
  if (!options_.publishing) return;
  methods.add("opstack_publishBlockV1",
              [this](json::array params, const rpc::Context&) { return publish_block(parts_, std::move(params)); });
}

void NodeApi::add_insight_methods(rpc::MethodTable& methods) {
  using Text = std::string (*)(const ApiParts&);
  static constexpr std::pair<const char*, Text> kTexts[] = {
      {"opwire_status", status_json},   {"opwire_equivocations", equivocations_json}, {"opwire_limits", limits_json},
      {"opwire_mesh", mesh_json},       {"opwire_verdicts", verdicts_json},           {"opwire_gaps", gaps_json},
      {"opwire_archive", archive_json},
  };
  for (const auto& [name, text] : kTexts) {
    const Text tell = text;
    methods.add_plain(name, without_params([this, tell] { return MethodAnswer(tell(parts_)); }));
  }
  methods.add_plain("opwire_syncProgress", without_params([this] { return MethodAnswer(progress_json()); }));
  methods.add_plain("opwire_lastBlocks", without_params([this] { return MethodAnswer(last_blocks_json()); }));
}

void NodeApi::add_peer_methods(rpc::MethodTable& methods) {
  methods.add_plain("opp2p_self", without_params([this] { return self_json(parts_); }));
  methods.add_plain("opp2p_peerStats", without_params([this] { return MethodAnswer(peer_stats_json(parts_)); }));
  methods.add_plain("opp2p_discoveryTable", without_params([this] { return discovery_table_json(parts_); }));
  methods.add_plain("opp2p_peers", [this](const json::array& params) -> MethodAnswer {
    OPW_TRYV(rpc::check_count(params, 1, 1));
    OPW_TRY(const bool connected, rpc::bool_param(params, 0));
    return peers_json(parts_, connected);
  });
  add_peer_actions(methods, parts_);
  add_block_list_methods(methods, parts_);
  add_peer_book_methods(methods, parts_);
}

void NodeApi::add_admin_methods(rpc::MethodTable& methods) {
  methods.add(
      "admin_postUnsafePayload",
      [this](json::array params, const rpc::Context&) { return post_unsafe_payload(parts_, std::move(params)); },
      Access::kAdmin);
  methods.add_plain(
      "admin_setLogLevel", [this](const json::array& params) { return set_log_level(parts_, params); }, Access::kAdmin);
  const auto no = without_params([] { return MethodAnswer(std::string("false")); });
  methods.add_plain("admin_sequencerActive", no, Access::kAdmin);
  methods.add_plain("admin_conductorEnabled", no, Access::kAdmin);
  const std::string no_sequencer = "sequencer is not enabled";
  methods.add_plain("admin_startSequencer", refusal(no_sequencer, 1), Access::kAdmin);
  methods.add_plain("admin_stopSequencer", refusal(no_sequencer), Access::kAdmin);
  methods.add_plain("admin_overrideLeader", refusal(no_sequencer), Access::kAdmin);
  methods.add_plain("admin_setRecoverMode", set_recover_mode, Access::kAdmin);
  methods.add_plain("admin_resetDerivationPipeline", refusal("this node does not derive the chain from L1"),
                    Access::kAdmin);
}

Result<rpc::Channel*, Failure> NodeApi::choose_channel(const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 2));
  OPW_TRY(const std::string_view kind, rpc::text_param(params, 0));
  if (kind == "unsafeBlocks") {
    OPW_TRY(const bool full, wants_payload(params));
    return full ? &full_blocks_ : &blocks_;
  }
  OPW_TRYV(rpc::check_count(params, 1, 1));
  if (kind == "heads") return &heads_;
  if (kind == "syncProgress") return &progress_;
  return rpc::invalid_argument(0, "no such subscription: unsafeBlocks, heads, syncProgress");
}

void NodeApi::on_block(const opstack::AcceptedBlock& block) {
  const std::string& line = last_blocks_.emplace_front(to_feed_line(block));
  if (last_blocks_.size() > kLastBlocks) last_blocks_.pop_back();
  if (blocks_.has_subscribers()) blocks_.publish(line);
  if (!full_blocks_.has_subscribers()) return;
  full_blocks_.publish("{\"block\":" + line + ",\"envelope\":" + opstack::to_json(block.envelope) + "}");
}

std::string NodeApi::last_blocks_json() const {
  std::string out = "[";
  for (const std::string& line : last_blocks_) out += (out.size() == 1 ? "" : ",") + line;
  return out + "]";
}

void NodeApi::on_driver_event(const opstack::ControllerEvent& event) {
  if (!std::holds_alternative<opstack::HeadMoved>(event) || !heads_.has_subscribers()) return;
  const opstack::EngineController* const engine = engine_of(parts_);
  if (engine != nullptr) heads_.publish(heads_json(engine->heads()));
}

std::size_t NodeApi::subscribers() const noexcept {
  return blocks_.subscribers() + full_blocks_.subscribers() + heads_.subscribers() + progress_.subscribers();
}

std::string NodeApi::progress_json() const {
  const auto progress = parts_.sync_progress ? parts_.sync_progress() : std::nullopt;
  return sync_progress_json(progress, parts_.network.loop().now());
}

Task<void> NodeApi::tell_progress(NodeApi& self) {
  bool under_way = false;
  while (true) {
    const bool slept = co_await sleep_for(self.parts_.network.loop(), self.options_.progress_every);
    if (!slept) co_return;
    const bool before = std::exchange(under_way, self.parts_.sync_progress().has_value());
    if (self.progress_.has_subscribers() && (under_way || before)) self.progress_.publish(self.progress_json());
  }
}

}  // namespace opwire::node
