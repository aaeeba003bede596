#include "opwire/discv5/crawler.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/service_for_test.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::discv5 {
namespace {

using namespace std::chrono_literals;
using test::contact_of_service;

class CrawlerTest : public ::testing::Test {
 protected:
  Service& add(const std::vector<Contact>& bootnodes) {
    services_.push_back(test::make_loopback_service(loop_, rng_, [&](ProtocolOptions& options) {
      options.bootnodes = bootnodes;
      options.find_nodes = false;
    }));
    services_.back()->start();
    return *services_.back();
  }
  Task<void> close() {
    for (const auto& service : services_) co_await service->close();
  }

  ReactorLoop loop_;
  SystemRng rng_;
  std::vector<std::unique_ptr<Service>> services_;
};

Task<void> wait_for_live(Loop& loop, Service& service, std::size_t count) {
  for (int i = 0; i < 300 && service.protocol().table().live() < count; ++i) co_await sleep_for(loop, 10ms);
}

TEST_F(CrawlerTest, FindsEverybodyOnceWhereverTheyAreInTheTable) {
  constexpr std::size_t kNodes = 12;
  Service& bootnode = add({});
  for (std::size_t i = 0; i < kNodes; ++i) add({contact_of_service(bootnode)});
  loop_.run(wait_for_live(loop_, bootnode, kNodes));
  Service& own = add({});
  CrawlOptions options;
  options.deadline = loop_.now() + 10s;
  Crawler crawler(loop_, own, IpFamilies(), options);
  std::vector<Contact> seeds{contact_of_service(bootnode)};
  seeds[0].record = nullptr;  // as an enode URL has it
  loop_.run(crawler.run(std::move(seeds)));
  EXPECT_EQ(crawler.nodes().size(), kNodes + 1);
  EXPECT_EQ(crawler.asked(), kNodes + 1);
  EXPECT_EQ(crawler.answered(), kNodes + 1);
  for (const auto& [id, node] : crawler.nodes()) EXPECT_TRUE(node.answered && node.answer_time);
  EXPECT_EQ(crawler.nodes().at(bootnode.local_record().id()).named, kNodes);
  loop_.run(close());
}

TEST_F(CrawlerTest, EndsAtItsDeadlineWhenNobodyAnswers) {
  Service& own = add({});
  Contact nobody = contact_of_service(own);
  nobody.id.bytes[0] ^= 1;
  nobody.endpoint.port = 9;
  CrawlOptions options;
  options.deadline = loop_.now() + 50ms;
  Crawler crawler(loop_, own, IpFamilies(), options);
  std::vector<Contact> seeds{nobody};
  loop_.run(crawler.run(std::move(seeds)));
  EXPECT_EQ(crawler.answered(), 0U);
  loop_.run(close());
}

}  // namespace
}  // namespace opwire::discv5
