// pch_std.hpp for tests.
#pragma once

#include <gtest/gtest.h>

#include "pch_std.hpp"
