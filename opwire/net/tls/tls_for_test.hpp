// Contexts of a client and a server that trust each other, with files that a test may change.
#pragma once

#include "opwire/net/tls/certificates_for_test.hpp"
#include "opwire/net/tls/context.hpp"

namespace opwire::tls {

/// Of one authority, which is made once a program.
struct TestIdentities {
  static const TestIdentities& one() {
    static const TestIdentities identities;
    return identities;
  }
  TestAuthority authority;
  TestCertificate server = authority.issue();
  TestCertificate client = authority.issue();
};

struct TestFiles {
  TestFiles() {
    const TestIdentities& made = TestIdentities::one();
    folder.put("ca.crt", made.authority.pem());
    put("server", made.server);
    put("client", made.client);
  }
  void put(const std::string& name, const TestCertificate& made) const {
    folder.put(name + ".crt", made.certificate);
    folder.put(name + ".key", made.key);
  }
  Options options(Side side, bool with_certificate = true) const {
    Options options(side);
    options.ca_file = folder.path("ca.crt");
    const std::string name = side == Side::kClient ? "client" : "server";
    if (!with_certificate) return options;
    options.certificate_file = folder.path(name + ".crt");
    options.key_file = folder.path(name + ".key");
    return options;
  }

  TestFolder folder;
};

}  // namespace opwire::tls
