// What the process takes of the machine.
#pragma once

#include <cstddef>
#include <optional>

namespace opwire {

/// Memory of this process that is in RAM, in bytes; none where the system does not tell.
std::optional<std::size_t> resident_bytes();

}  // namespace opwire
