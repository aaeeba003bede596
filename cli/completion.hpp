// Shell completion, made from the tree of commands itself.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace opwire::cli {

enum class Shell : unsigned char { kBash, kZsh, kFish };

/// A script for the shell to source. Flags that help hides are left out.
std::string completion_script(const CLI::App& root, Shell shell);

}  // namespace opwire::cli
