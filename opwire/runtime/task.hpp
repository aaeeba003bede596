// The coroutine type of the whole project. Asio's own names stay in runtime/ and net/.
#pragma once

#include <coroutine>  // before Boost: Asio looks for it
#include <utility>

#include <boost/asio/awaitable.hpp>

namespace opwire {

/// A lazily started coroutine on a loop. Await it, or give it to a Scope; a Task that is dropped never runs.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace opwire
