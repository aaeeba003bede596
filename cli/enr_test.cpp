#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <boost/json.hpp>

#include "cli/command.hpp"
#include "opwire/base/check.hpp"

namespace opwire::cli {
namespace {

// EIP-778's example: its key, and what it says.
constexpr const char* kKey = "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291";
constexpr const char* kNodeId = "a448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7";
constexpr const char* kExample =
    "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8A"
    "AAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8";

struct Done {
  int code;
  std::string out;
  std::string errors;
};

Done run(std::vector<std::string> arguments) {
  std::vector<const char*> argv{"opwire", "enr"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run_program(static_cast<int>(argv.size()), argv.data());
  std::fflush(stdout);
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

boost::json::object json_of(const Done& done) {
  EXPECT_EQ(done.code, kOk) << done.errors;
  return boost::json::parse(done.out).as_object();
}

class EnrCommand : public testing::Test {
 protected:
  EnrCommand() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-enr-XXXXXX").string();
    OPW_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    key_ = folder_ / "key";
    std::ofstream(key_) << kKey;
  }
  ~EnrCommand() override { std::filesystem::remove_all(folder_); }
  void expect_error(int code, const std::string& part, std::vector<std::string> arguments) {
    const Done done = run(std::move(arguments));
    EXPECT_EQ(done.code, code) << part;
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(done.errors.find("opwire: "), 0u) << done.errors;
    EXPECT_NE(done.errors.find(part), std::string::npos) << done.errors;
    EXPECT_EQ(std::ranges::count(done.errors, '\n'), 1) << done.errors;
  }

  std::filesystem::path folder_;
  std::string key_;
};

TEST_F(EnrCommand, ShowsWhatARecordSays) {
  const auto shown = json_of(run({"show", "--json", kExample}));
  EXPECT_EQ(shown.at("enr"), kExample);
  EXPECT_EQ(shown.at("node_id"), kNodeId);
  EXPECT_EQ(shown.at("seq").to_number<int>(), 1);
  EXPECT_EQ(shown.at("udp"), "127.0.0.1:30303");
  EXPECT_FALSE(shown.contains("multiaddr")) << "it has no TCP port";
  EXPECT_FALSE(shown.contains("chain_id"));
  const Done text = run({"show", std::string(" ") + kExample + "\n"});
  EXPECT_EQ(text.code, kOk) << text.errors;
  EXPECT_NE(text.out.find(std::string("node_id        ") + kNodeId + "\n"), std::string::npos) << text.out;
}

TEST_F(EnrCommand, MakesWhatShowReads) {
  const auto same = run({"make", "--key", key_, "--ip", "127.0.0.1", "--udp", "30303", "--seq", "1"});
  EXPECT_EQ(same.out, std::string(kExample) + "\n") << "signatures are deterministic";
  const auto made = json_of(run({"make", "--key", key_, "--network", "op-sepolia", "--ip", "203.0.113.7", "--ip6",
                                 "2001:db8::7", "--tcp", "9222", "--udp", "9223", "--json"}));
  EXPECT_EQ(made.at("chain"), "op-sepolia");
  EXPECT_EQ(made.at("chain_id").to_number<int>(), 11155420);
  EXPECT_EQ(made.at("udp"), "203.0.113.7:9223");
  EXPECT_TRUE(made.at("multiaddr").as_string().starts_with("/ip4/203.0.113.7/tcp/9222/p2p/16Uiu2HA"));
  EXPECT_GT(made.at("seq").to_number<std::uint64_t>(), 1'600'000'000'000u) << "the time in milliseconds";
  EXPECT_EQ(json_of(run({"show", "--json", std::string(made.at("enr").as_string())})), made);
  EXPECT_EQ(json_of(run({"make", "--key", key_, "--chain", "901", "--json"})).at("chain"), "901");
}

TEST_F(EnrCommand, ErrorsSayWhatIsWrong) {
  std::string broken = kExample;
  broken[20] = broken[20] == 'A' ? 'B' : 'A';
  expect_error(kFailed, "not a valid node record: ", {"show", broken});
  expect_error(kFailed, "not a valid node record: ", {"show", "hello"});
  expect_error(kUsage, "--key: ", {"make", "--key", (folder_ / "none").string()});
  expect_error(kUsage, "--network: unknown network \"op-mainet\"; did you mean op-mainnet",
               {"make", "--key", key_, "--network", "op-mainet"});
  expect_error(kUsage, "--ip: 'here' is not an IP address", {"make", "--key", key_, "--ip", "here"});
  expect_error(kUsage, "--ip: '::1'", {"make", "--key", key_, "--ip", "::1"});
  expect_error(kUsage, "--ip6: '1.2.3.4'", {"make", "--key", key_, "--ip6", "1.2.3.4"});
  expect_error(kUsage, "--tcp", {"make", "--key", key_, "--tcp", "65536"});
  expect_error(kUsage, "--chain", {"make", "--key", key_, "--network", "op-sepolia", "--chain", "10"});
  expect_error(kUsage, "enr --help", {});
}

}  // namespace
}  // namespace opwire::cli
