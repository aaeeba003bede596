// c-ares driven by a loop (internal to CaresResolver): its sockets and its timer.
#pragma once

#include <ares.h>

#include <memory>
#include <unordered_map>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "opwire/net/cares_resolver.hpp"

namespace opwire::net {

class CaresResolver::Channel {
 public:
  Channel(Loop& loop, const DnsOptions& options)
      : loop_(loop), options_(options), timer_(loop, [this] { on_time(); }) {}
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  Result<void> open();

  Loop& loop() noexcept { return loop_; }
  ares_channel handle() noexcept { return channel_; }
  /// After a question was put.
  void arm_timer();

  /// Counts a question; false when there are too many.
  bool begin() { return questions_ < options_.max_questions && ++questions_ > 0; }
  void end() { --questions_; }

 private:
  struct Watch;

  static void on_socket_state(void* self, ares_socket_t socket, int readable, int writable);
  void watch(const std::shared_ptr<Watch>& watch);
  void forget(ares_socket_t socket);
  void process(ares_socket_t readable, ares_socket_t writable);
  void on_time();

  Loop& loop_;
  const DnsOptions options_;
  ares_channel channel_ = nullptr;
  std::unordered_map<ares_socket_t, std::shared_ptr<Watch>> watches_;
  Timer timer_;
  std::size_t questions_ = 0;
};

}  // namespace opwire::net
