#include "opwire/multiformats/multiaddr_protocols.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

struct Row {
  std::uint64_t code;
  std::string size;
};

std::string trimmed(std::string text) {
  constexpr std::string_view kBlank = " \t\r";
  text.erase(0, text.find_first_not_of(kBlank));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

std::map<std::string, Row> load_table() {
  std::map<std::string, Row> rows;
  std::istringstream file(read_testdata("multiaddr-protocols.csv"));
  std::string line;
  std::getline(file, line);  // headings
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string code, size, name;
    std::getline(cells, code, ',');
    std::getline(cells, size, ',');
    std::getline(cells, name, ',');
    rows[trimmed(name)] = {std::stoull(code), trimmed(size)};
  }
  return rows;
}

TEST(MultiaddrProtocols, AgreeWithTheRegistry) {
  std::set<Protocol> seen;
  for (const auto& [name, row] : load_table()) {
    const ProtocolInfo* info = find_protocol(std::string_view(name));
    EXPECT_EQ(info, find_protocol(row.code)) << name;
    if (info == nullptr) continue;
    seen.insert(info->protocol);
    EXPECT_EQ(static_cast<std::uint64_t>(info->protocol), row.code) << name;
    if (info->protocol == Protocol::kMemory) continue;  // go and rust write 64 bits, not the registry's variable length
    EXPECT_EQ(info->size == ProtocolInfo::kVariable ? "V" : std::to_string(8 * info->size), row.size) << name;
  }
  EXPECT_EQ(seen.size(), 26U);
}

TEST(MultiaddrProtocols, HaveTheFunctionsThatTheirSizeNeeds) {
  for (std::uint64_t code = 0; code < 1000; ++code) {
    const ProtocolInfo* info = find_protocol(code);
    if (info == nullptr) continue;
    EXPECT_EQ(info->size != 0, info->to_text != nullptr) << info->name;
    EXPECT_EQ(info->size != 0, info->from_text != nullptr) << info->name;
    EXPECT_EQ(info->size == ProtocolInfo::kVariable, info->valid != nullptr) << info->name;
    EXPECT_EQ(find_protocol(info->name), info);
  }
}

}  // namespace
}  // namespace opwire::multiformats
