// A Host for programs without coroutines: it runs on a thread of its own and answers by futures.
//
//   auto host = HostThread::make(options).value();   // in any thread
//   auto times = host->ping(address, 3).get();       // Result<std::vector<Duration>>
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/loop_thread.hpp"

namespace opwire {

/// All functions may be called from any thread but the host's own. Callbacks run on the host's thread: they must not
/// block, and may not call these functions and wait.
class HostThread {
 public:
  /// Errors: those of Host::make.
  static Result<std::unique_ptr<HostThread>> make(HostOptions options);
  /// Closes the host; takes at most a few seconds.
  ~HostThread();

  const PeerId& id() const noexcept { return id_; }
  std::vector<Multiaddr> addresses();

  std::future<Result<void>> connect(Multiaddr address);
  /// Connects where need be; address ends in /p2p/ID.
  std::future<Result<identify::PeerInfo>> identify(Multiaddr address);
  std::future<Result<std::vector<Duration>>> ping(Multiaddr address, std::size_t count);
  /// Opens a stream, writes the request, ends our direction and reads the answer, at most limit bytes.
  std::future<Result<Bytes>> request(PeerId peer, std::string protocol, Bytes body, std::size_t limit);

  /// Answers requests of that form; bodies over limit bytes are refused by a reset.
  void serve(std::string protocol, std::size_t limit, std::function<Bytes(const PeerId& peer, Bytes body)> answer);

 private:
  explicit HostThread(const PeerId& id) : id_(id) {}
  static Task<void> drop(std::unique_ptr<Host> host);

  const PeerId id_;
  LoopThread thread_;
  std::unique_ptr<Host> host_;  // touched on the loop only
};

}  // namespace opwire
