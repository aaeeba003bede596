#include "opwire/runtime/simulated_loop.hpp"

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>

#include <deque>

namespace opwire {
namespace asio = boost::asio;
namespace {

struct Job {
  virtual ~Job() = default;
  virtual void run() = 0;
};
template <class Function>
struct JobOf final : Job {
  explicit JobOf(Function f) : function(std::move(f)) {}
  void run() override { function(); }
  Function function;
};

class Context final : public asio::execution_context {
 public:
  ~Context() {
    queue.clear();
    shutdown();
    destroy();
  }
  std::deque<std::unique_ptr<Job>> queue;
};

// What Asio needs of an executor; running never happens inside execute().
class Executor {
 public:
  explicit Executor(Context& context) noexcept : context_(&context) {}

  asio::execution_context& query(asio::execution::context_t) const noexcept { return *context_; }
  static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  template <class Function>
  void execute(Function function) const {
    context_->queue.push_back(std::make_unique<JobOf<Function>>(std::move(function)));
  }
  friend bool operator==(const Executor& a, const Executor& b) noexcept { return a.context_ == b.context_; }

 private:
  Context* context_;
};

}  // namespace

struct SimulatedLoop::Impl {
  Context context;
  TimerHeap heap;
  ManualClock clock;
  explicit Impl(WallTime wall) : clock(wall) {}
};

SimulatedLoop::SimulatedLoop(WallTime wall) : impl_(std::make_unique<Impl>(wall)) {}
SimulatedLoop::~SimulatedLoop() = default;

bool SimulatedLoop::step(TimePoint limit) {
  auto& queue = impl_->context.queue;
  if (!queue.empty()) {
    const std::unique_ptr<Job> job = std::move(queue.front());
    queue.pop_front();
    job->run();
    return true;
  }
  const auto next = impl_->heap.next();
  if (!next || *next > limit) return false;
  if (*next > now()) impl_->clock.advance(*next - now());
  if (auto callback = impl_->heap.pop_due(now())) (*callback)();
  return true;
}

void SimulatedLoop::run_until(TimePoint when) {
  while (step(when)) {
  }
  if (when > now()) impl_->clock.advance(when - now());
}

void SimulatedLoop::post(std::function<void()> job) {
  Executor(impl_->context).execute(std::move(job));
}

TimerId SimulatedLoop::call_at(TimePoint when, std::function<void()> callback) {
  return impl_->heap.add(when, std::move(callback));
}

void SimulatedLoop::cancel_timer(const TimerId& id) {
  impl_->heap.cancel(id);
}
asio::any_io_executor SimulatedLoop::executor() {
  return Executor(impl_->context);
}
TimePoint SimulatedLoop::now() const {
  return impl_->clock.now();
}
WallTime SimulatedLoop::wall_now() const {
  return impl_->clock.wall_now();
}

}  // namespace opwire
