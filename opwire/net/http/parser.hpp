// One HTTP/1.x message from bytes (RFC 9112): Boost.Beast's parser, and the checks on framing that it leaves to its
// users. Sans-I/O, for one message; the next one takes a new parser. The body grows with what arrives, never with what
// was announced.
#pragma once

#include <cstdint>
#include <memory>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/net/http/message.hpp"

namespace opwire::http {

struct ParserLimits {
  std::size_t header = 16 * 1024;  ///< start line and fields; each chunk header and the trailers as well
  std::uint64_t body = 10 * 1024 * 1024;
};

class RequestParser {
 public:
  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();

  /// How many of the bytes were used: all, when it is not done, but for the beginning of something that is to be given
  /// again with more behind it. Errors: those of errors.hpp that name a status; after one the parser is of no use.
  Result<std::size_t> feed(ByteView bytes);
  bool header_done() const;
  bool done() const;
  /// Both once the header is done.
  bool keep_alive() const;
  bool expects_continue() const;
  bool is_http_1_0() const;
  /// As far as it has arrived.
  const Request& request() const;
  Request take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class ResponseParser {
 public:
  /// to_head: it answers HEAD, so no body follows whatever its header says.
  ResponseParser(const ParserLimits& limits, bool to_head);
  ~ResponseParser();

  Result<std::size_t> feed(ByteView bytes);
  /// The stream has ended, which ends a body without a length. Errors: kClosedEarly.
  Result<void> end();
  bool done() const;
  bool keep_alive() const;
  Response take();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::http
