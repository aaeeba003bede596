#include "opwire/store/database.hpp"

#include <gtest/gtest.h>
TEST(X, Y) {}
