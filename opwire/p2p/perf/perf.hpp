// The perf protocol (libp2p specs, perf): upload so many bytes, download so many bytes, on one stream.
#pragma once

#include <cstdint>

#include "opwire/p2p/core/network.hpp"

namespace opwire::perf {

inline constexpr const char* kProtocol = "/perf/1.0.0";

/// Serves uploads and downloads while it lives.
class Service {
 public:
  explicit Service(Network& network);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

 private:
  Network& network_;
};

/// Client: on a fresh stream, sends upload bytes and reads download bytes. Errors: kEndOfStream when fewer come back.
Task<Result<void>> transfer(Stream& stream, std::uint64_t upload, std::uint64_t download);

}  // namespace opwire::perf
