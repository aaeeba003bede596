#include "cli/engine_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "opwire/base/file_descriptor.hpp"
#include "opwire/base/rng.hpp"

namespace opwire::cli {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr std::size_t kToldOfLog = 500;  // bytes

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// One that nobody listens on now.
std::uint16_t free_port() {
  const FileDescriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(probe.get(), generic, size) != 0 || ::getsockname(probe.get(), generic, &size) != 0) return 0;
  return ntohs(address.sin_port);
}

bool listens(std::uint16_t port) {
  const FileDescriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

/// What it says goes to the output. It ends with us, however we end. -1: errno says why.
pid_t spawn(std::vector<std::string> words, const FileDescriptor& output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const FileDescriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t child = ::fork();
  if (child != 0) return child;
  // Only what is safe between fork and exec.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);  // the terminal's Ctrl-C is for us, who end it in order
  ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(output.get(), STDOUT_FILENO);
  ::dup2(output.get(), STDERR_FILENO);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "by signal " + std::to_string(WTERMSIG(status));
  return "with exit code " + std::to_string(WEXITSTATUS(status));
}

std::string end_of(const std::filesystem::path& log) {
  std::ifstream in(log, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.size() > kToldOfLog) text.erase(0, text.size() - kToldOfLog);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

Result<std::unique_ptr<EngineProcess>, std::string> EngineProcess::start(const std::string& program,
                                                                         const std::filesystem::path& folder,
                                                                         const std::string& genesis) {
  if (::access(program.c_str(), X_OK) != 0) return "--engine " + program + ": " + std::strerror(errno);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return "--engine: " + folder.string() + ": " + failed.message();
  std::ofstream genesis_file(folder / "genesis.json");
  genesis_file << genesis;
  if (!genesis_file.flush()) return "--engine: cannot write " + (folder / "genesis.json").string();
  SystemRng rng;
  auto secret = rpc::read_or_create_jwt_file(folder / "jwt.hex", rng);
  if (!secret) return "--engine: " + secret.error();
  node::EngineConfig config;
  config.jwt = secret->jwt;
  config.url.host = "127.0.0.1";
  config.url.port = free_port();
  const std::string data = (folder / "data").string();
  const std::filesystem::path log = folder / "log.txt";
  const FileDescriptor output(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (output.get() < 0) return "--engine: " + log.string() + ": " + std::strerror(errno);

  // Each block's state is on the disk at once: with op-geth's own choice a young chain that is killed is at genesis.
  const pid_t init =
      spawn({program, "init", "--state.scheme", "hash", "--datadir", data, folder / "genesis.json"}, output);
  int status = 0;
  if (init < 0 || ::waitpid(init, &status, 0) != init || status != 0) {
    return "--engine " + program + ": it refuses the genesis: " + end_of(log);
  }
  const pid_t child = spawn({program,
                             "--state.scheme",
                             "hash",
                             "--gcmode",
                             "archive",
                             "--syncmode",
                             "full",
                             "--datadir",
                             data,
                             "--networkid",
                             "901",
                             "--nodiscover",
                             "--maxpeers",
                             "0",
                             "--port",
                             "0",
                             "--nat",
                             "none",
                             "--ipcdisable",
                             "--rollup.disabletxpoolgossip",
                             "--authrpc.addr",
                             config.url.host,
                             "--authrpc.port",
                             std::to_string(config.url.port),
                             "--authrpc.jwtsecret",
                             folder / "jwt.hex",
                             "--verbosity",
                             "2"},
                            output);
  if (child < 0) return "--engine " + program + ": " + std::strerror(errno);
  return std::unique_ptr<EngineProcess>(new EngineProcess(child, log, std::move(config)));
}

EngineProcess::~EngineProcess() {
  if (has_ended()) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

bool EngineProcess::has_ended() {
  if (child_ >= 0 && ::waitpid(child_, &status_, WNOHANG) == child_) child_ = -1;
  return child_ < 0;
}

std::optional<std::string> EngineProcess::death() {
  if (!has_ended()) return std::nullopt;
  const std::string last = end_of(log_);
  return "op-geth ended " + how_it_ended(status_) + (last.empty() ? "" : ": " + last);
}

Task<Result<void, std::string>> EngineProcess::wait_until_up(Loop& loop) {
  const TimePoint end = loop.now() + kStartLimit;
  while (true) {
    if (co_await is_cancelled()) co_return std::string("stopped while op-geth was starting");
    if (auto why = death()) co_return std::move(*why);
    if (listens(config_.url.port)) co_return Result<void, std::string>();
    if (loop.now() >= end) co_return "op-geth does not answer: " + end_of(log_);
    (void)co_await sleep_for(loop, kPoll);
  }
}

Task<void> EngineProcess::stop(Loop& loop) {
  if (has_ended()) co_return;
  ::kill(child_, SIGTERM);
  const TimePoint end = loop.now() + kStopLimit;
  while (!has_ended()) {
    if (loop.now() >= end) ::kill(child_, SIGKILL);
    (void)co_await sleep_for(loop, kPoll);
  }
}

}  // namespace opwire::cli
