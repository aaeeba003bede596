// pch_asio.hpp for tests.
#pragma once

#include <gtest/gtest.h>

#include "pch_asio.hpp"
