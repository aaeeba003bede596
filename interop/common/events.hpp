// The JSON lines on stdout, as interop/README.md describes them.
#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "interop/metering/meter.hpp"
#include "opwire/base/bytes.hpp"
#include "opwire/base/error.hpp"

namespace opwire::interop {

/// The body of one line.
using Fields = boost::json::object;

/// Prints {"event": name, ...fields} at once.
void emit(std::string_view name, const Fields& fields);

/// The wall clock as events tell it.
std::int64_t wall_us(const Clock& clock);

/// Adds seconds and cpu_seconds of a span that ends here; returns the seconds.
double stop(const Meter& meter, Fields& into);

/// Adds min_us, p50_us, p99_us and max_us.
void add_latencies(std::vector<Duration> samples, Fields& into);

/// What can be wrong about a peer's answer, beside what opwire itself names.
namespace errors {
inline constexpr ErrorKind kContent{"interop.content", "the bytes are not the expected ones"};
inline constexpr ErrorKind kHash{"interop.hash", "the hash differs from ours"};
inline constexpr ErrorKind kLength{"interop.length", "the length differs from ours"};
inline constexpr ErrorKind kNotIdentified{"interop.not_identified", "the peer did not identify itself"};
inline constexpr ErrorKind kLost{"interop.lost", "a connection was lost while idle"};
inline constexpr ErrorKind kCommand{"interop.command", "the command makes no sense"};
}  // namespace errors

}  // namespace opwire::interop
