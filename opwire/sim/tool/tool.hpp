// opwire_sim: plays a scenario of the simulator and says what came of it.
#pragma once

namespace opwire::sim {

/// 0: all went well. 1: something that must not happen did. 2: misused.
int main_of(int argc, char** argv);

}  // namespace opwire::sim
