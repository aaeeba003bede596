// A DNS server on loopback that knows a few names.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>

#include <boost/asio/ip/udp.hpp>

#include "opwire/base/bytes.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::net {

class DnsServer {
 public:
  explicit DnsServer(Loop& loop) : socket_(loop.executor(), {boost::asio::ip::address_v4::loopback(), 0}) { receive(); }
  ~DnsServer() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }
  void add(const std::string& name, std::uint16_t type, Bytes data) {
    records_.emplace(Key{name, type}, std::move(data));
  }

  static constexpr std::uint16_t kA = 1;
  static constexpr std::uint16_t kTxt = 16;
  static constexpr std::uint16_t kAaaa = 28;
  bool silent = false;
  bool garbage = false;
  int questions = 0;

 private:
  using Key = std::pair<std::string, std::uint16_t>;

  void receive() {
    socket_.async_receive_from(boost::asio::buffer(buffer_), from_,
                               [this](const boost::system::error_code& error, std::size_t size) {
                                 if (error) return;
                                 ++questions;
                                 if (!silent) answer(size);
                                 receive();
                               });
  }

  void answer(std::size_t size) {
    std::string name;
    std::size_t at = 12;
    while (at < size && buffer_[at] != 0) {
      if (!name.empty()) name += '.';
      name.append(reinterpret_cast<const char*>(&buffer_[at + 1]), buffer_[at]);
      at += buffer_[at] + 1u;
    }
    const std::uint16_t type = load_be<std::uint16_t>(&buffer_[at + 1]);
    const auto [first, last] = records_.equal_range(Key{name, type});
    const auto count = static_cast<std::uint8_t>(std::distance(first, last));
    Bytes reply(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at + 5));  // header and question
    reply[2] = 0x84;
    reply[3] = count == 0 ? 3 : 0;  // NXDOMAIN
    reply[6] = 0;
    reply[7] = count;
    std::fill(reply.begin() + 8, reply.begin() + 12, 0);
    for (auto record = first; record != last; ++record) append(reply, type, record->second);
    if (garbage) reply.resize(reply.size() - 3);
    socket_.send_to(boost::asio::buffer(reply), from_);
  }

  static void append(Bytes& reply, std::uint16_t type, const Bytes& data) {
    const auto size = static_cast<std::uint16_t>(data.size());
    const Bytes head{0xc0,
                     12,
                     0,
                     static_cast<std::uint8_t>(type),
                     0,
                     1,
                     0,
                     0,
                     0,
                     60,
                     static_cast<std::uint8_t>(size >> 8),
                     static_cast<std::uint8_t>(size)};
    reply.insert(reply.end(), head.begin(), head.end());
    reply.insert(reply.end(), data.begin(), data.end());
  }

  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint from_;
  std::array<std::uint8_t, 512> buffer_{};
  std::multimap<Key, Bytes> records_;
};

/// The data of a TXT record.
inline Bytes txt(std::initializer_list<std::string_view> pieces) {
  Bytes data;
  for (const std::string_view piece : pieces) {
    data.push_back(static_cast<std::uint8_t>(piece.size()));
    data.insert(data.end(), piece.begin(), piece.end());
  }
  return data;
}

}  // namespace opwire::net
