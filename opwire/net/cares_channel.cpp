#include "opwire/net/cares_channel.hpp"

#include <sys/time.h>

#include "opwire/net/errors.hpp"

namespace opwire::net {
namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

// A socket of c-ares. Outlives its place in the table until its waits have ended.
struct CaresResolver::Channel::Watch {
  Watch(Channel* channel, Loop& loop, ares_socket_t fd) : owner(channel), socket(fd), descriptor(loop.executor(), fd) {}

  Channel* owner;  // null once c-ares has closed the socket
  const ares_socket_t socket;
  Descriptor descriptor;
  bool wants[2] = {false, false};  // to read, to write
  bool waits[2] = {false, false};
};

Result<void> CaresResolver::Channel::open() {
  ares_options options{};
  options.timeout =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(options_.try_timeout).count());
  options.tries = options_.tries;
  options.sock_state_cb = on_socket_state;
  options.sock_state_cb_data = this;
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (const int status = ares_init_options(&channel_, &options, mask); status != ARES_SUCCESS) {
    channel_ = nullptr;
    return Error(errors::kResolve, ares_strerror(status));
  }
  if (options_.servers.empty()) return {};
  const int status = ares_set_servers_ports_csv(channel_, options_.servers.c_str());
  if (status != ARES_SUCCESS) return Error(errors::kResolve, ares_strerror(status));
  return {};
}

CaresResolver::Channel::~Channel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void CaresResolver::Channel::on_socket_state(void* self, ares_socket_t socket, int readable, int writable) {
  auto& channel = *static_cast<Channel*>(self);
  if (readable == 0 && writable == 0) return channel.forget(socket);
  auto& entry = channel.watches_[socket];
  if (!entry) entry = std::make_shared<Watch>(&channel, channel.loop_, socket);
  entry->wants[0] = readable != 0;
  entry->wants[1] = writable != 0;
  channel.watch(entry);
}

void CaresResolver::Channel::watch(const std::shared_ptr<Watch>& watch) {
  for (const int direction : {0, 1}) {
    if (!watch->wants[direction] || watch->waits[direction]) continue;
    watch->waits[direction] = true;
    const auto kind = direction == 0 ? Descriptor::wait_read : Descriptor::wait_write;
    watch->descriptor.async_wait(kind, [watch, direction](const boost::system::error_code& error) {
      watch->waits[direction] = false;
      if (error || watch->owner == nullptr) return;
      Channel& channel = *watch->owner;
      channel.process(direction == 0 ? watch->socket : ARES_SOCKET_BAD,
                      direction == 1 ? watch->socket : ARES_SOCKET_BAD);
      if (watch->owner != nullptr) channel.watch(watch);
    });
  }
}

// c-ares closes the socket itself.
void CaresResolver::Channel::forget(ares_socket_t socket) {
  const auto found = watches_.find(socket);
  if (found == watches_.end()) return;
  found->second->owner = nullptr;
  found->second->descriptor.release();
  watches_.erase(found);
}

void CaresResolver::Channel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  arm_timer();
}

void CaresResolver::Channel::on_time() {
  process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void CaresResolver::Channel::arm_timer() {
  timeval left{};
  if (ares_timeout(channel_, nullptr, &left) == nullptr) return timer_.cancel();
  timer_.arm_in(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec) +
                std::chrono::milliseconds(1));
}

}  // namespace opwire::net
