// Whether LMDB may be let loose on a file: it maps it, follows what it finds there, and a damaged page or one beyond
// the end of a truncated file would take the process with it. So all pages that hang together are read before, with
// plain reads: both meta pages, every tree, each node's place and size, the order of the keys, the list of free pages.
//
// The format is LMDB 0.9's (data version 1), 64 bits, little endian. Only what our own tables use passes: no duplicate
// keys, no fixed mapping. The bytes of values are not looked at; each carries a checksum of its own (sealed_value.hpp).
#pragma once

#include <cstdint>
#include <filesystem>

#include "opwire/base/result.hpp"

namespace opwire::store {

/// Reads each page once. Nobody may write to the file meanwhile. map_size: the most that we let such a file grow to.
/// Errors: kDamaged, with what is wrong; kCannotOpen.
Result<void> check_pages(const std::filesystem::path& path, std::uint64_t map_size);
/// The same for a file that is too large to be read whole: the meta pages, that the file is as long as they say, the
/// list of the tables with the root of each, and all of the list of free pages, so that nothing in use is overwritten.
/// What lies below the roots is not looked at. While somebody writes it may say kDamaged of a file that is whole; what
/// it says otherwise holds.
Result<void> check_frame(const std::filesystem::path& path, std::uint64_t map_size);

}  // namespace opwire::store
