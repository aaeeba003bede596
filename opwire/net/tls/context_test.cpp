#include "opwire/net/tls/context.hpp"

#include "opwire/base/log.hpp"
#include "opwire/net/tls/world_for_test.hpp"

namespace opwire::tls {
namespace {

TEST(TlsFiles, AreReadAgainWhenTheyChange) {
  World world;
  const auto client = *Context::make(world.files.options(Side::kClient));
  const auto server = *Context::make(world.files.options(Side::kServer));
  world.shake_hands(client, server);
  world.expect_works();

  const TestAuthority next("next authority");
  world.files.put("client", next.issue());
  world.shake_hands(client, server);
  EXPECT_TRUE(is_error(*world.server, errors::kUnknownAuthority));

  world.files.folder.put("ca.crt", TestIdentities::one().authority.pem() + next.pem());
  world.shake_hands(client, server);
  world.expect_works();
}

TEST(TlsFiles, WhatIsOfNoUseLeavesTheFormer) {
  World world;
  const auto client = *Context::make(world.files.options(Side::kClient));
  const auto server = *Context::make(world.files.options(Side::kServer));
  const TestCertificate next = TestIdentities::one().authority.issue();
  const log::Capture capture;
  world.files.folder.put("client.crt", next.certificate);  // its key comes later
  world.shake_hands(client, server);
  world.expect_works();
  world.shake_hands(client, server);
  const std::string text = capture.text();
  EXPECT_NE(text.find("the private key is not the certificate's"), std::string::npos) << text;
  EXPECT_EQ(text.find("cannot be used"), text.rfind("cannot be used")) << "once";
  world.files.folder.put("client.key", next.key);
  world.shake_hands(client, server);
  world.expect_works();
  EXPECT_NE(capture.text().find("read again"), std::string::npos);
}

TEST(TlsFiles, HaveErrorsOfTheirOwn) {
  const TestFiles files;
  const Options good = files.options(Side::kClient);
  Options options = good;
  options.ca_file = files.folder.path("none");
  EXPECT_TRUE(is_error(Context::make(options), errors::kBadAuthorities));
  options.ca_file = files.folder.path("client.key");
  EXPECT_TRUE(is_error(Context::make(options), errors::kBadAuthorities));
  options = good;
  options.certificate_file = files.folder.path("none");
  EXPECT_TRUE(is_error(Context::make(options), errors::kBadCertificateFile));
  options = good;
  options.key_file = files.folder.path("none");
  EXPECT_TRUE(is_error(Context::make(options), errors::kBadKeyFile));
  options.key_file = files.folder.path("client.crt");
  EXPECT_TRUE(is_error(Context::make(options), errors::kBadKeyFile));
  options.key_file = files.folder.path("server.key");
  EXPECT_TRUE(is_error(Context::make(options), errors::kKeyMismatch));
  EXPECT_TRUE(is_error(Context::make(Options(Side::kServer)), errors::kBadCertificateFile));
  EXPECT_TRUE(Context::make(Options(Side::kClient)));
}

}  // namespace
}  // namespace opwire::tls
