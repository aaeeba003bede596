// pch_asio.hpp with CLI11.
#pragma once

#include <CLI/CLI.hpp>

#include "pch_asio.hpp"
