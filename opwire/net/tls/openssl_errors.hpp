// From OpenSSL's error queue to our names. Private to this library.
#pragma once

#include <openssl/ssl.h>

#include "opwire/base/error.hpp"

namespace opwire::tls {

/// Why the last operation on ssl failed; empties the queue.
Error take_error(const SSL* ssl);

}  // namespace opwire::tls
