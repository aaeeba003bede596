#include "opwire/metrics/metrics_server.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/client.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::metrics {
namespace {

using std::chrono::seconds;

TEST(MetricsServer, AnswersAnyPath) {
  ReactorLoop loop;
  SystemRng rng;
  Registry registry;
  registry.gauge("answer", "The answer", [] { return 42.0; });
  auto server = serve_metrics(loop, registry, net::Endpoint::parse_ip("127.0.0.1", 0).value());
  ASSERT_TRUE(server);
  const http::Url url = http::parse_url("http://" + (*server)->local_endpoint()->to_string()).value();
  auto client = std::move(*http::Client::make(loop, url, nullptr, rng));
  for (const char* path : {"/metrics", "/", "/debug?x=1"}) {
    const auto answer = loop.run(client->request(http::Request("GET", path), loop.now() + seconds(5)));
    ASSERT_TRUE(answer);
    EXPECT_NE(answer->body.find("\nanswer 42\n"), std::string::npos) << answer->body;
    EXPECT_EQ(*answer->headers.find("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  }
  EXPECT_EQ(loop.run(client->request(http::Request("POST", "/metrics"), loop.now() + seconds(5)))->status, 405u);
  loop.run(client->close());
  loop.run((*server)->close(loop.now() + seconds(1)));
}

}  // namespace
}  // namespace opwire::metrics
