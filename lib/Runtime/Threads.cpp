#include "pt2e/Runtime/Threads.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <string>
#include <vector>

#include "LivePrograms.h"
#include "pt2e/Runtime/Status.h"

// Of libexecutorch_threadpool.so, whose header the SDK does not ship. Both
// functions are members of 1.5.1's extension/threadpool/threadpool.h.
namespace executorch::extension::threadpool {
class ThreadPool {
public:
  size_t get_thread_count() const;
  bool _unsafe_reset_threadpool(uint32_t newThreadCount);
};
ThreadPool *get_threadpool();
} // namespace executorch::extension::threadpool

namespace pt2e::runtime {
namespace {

std::string firstLine(const std::string &path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// CPUs that the quotas of this folder and its parents allow; 0 for no limit.
int quotaUpwards(const std::string &root, std::string folder) {
  double least = 0;
  for (;;) {
    double quota = -1, period = 0;
    std::istringstream(firstLine(root + folder + "/cpu.max")) >> quota >>
        period; // "max 100000" leaves the quota unset
    if (quota <= 0) {
      std::istringstream(firstLine(root + folder + "/cpu.cfs_quota_us")) >>
          quota;
      std::istringstream(firstLine(root + folder + "/cpu.cfs_period_us")) >>
          period;
    }
    if (quota > 0 && period > 0 && (least == 0 || quota / period < least))
      least = quota / period;
    const size_t slash = folder.find_last_of('/');
    if (slash == std::string::npos)
      break;
    folder.resize(slash);
  }
  return static_cast<int>(least) + (least > static_cast<int>(least));
}

int cgroupCpus() {
  std::ifstream groups("/proc/self/cgroup");
  int least = 0;
  for (std::string line; std::getline(groups, line);) {
    // HIERARCHY:CONTROLLERS:PATH
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (path == "/")
      path.clear();
    std::string root;
    if (controllers.empty())
      root = "/sys/fs/cgroup";
    else if (("," + controllers + ",").find(",cpu,") != std::string::npos)
      root = "/sys/fs/cgroup/cpu";
    else
      continue;
    const int cpus = quotaUpwards(root, path);
    if (cpus > 0 && (least == 0 || cpus < least))
      least = cpus;
  }
  return least;
}

executorch::extension::threadpool::ThreadPool *threadPool() {
  registerPlatform();
  return executorch::extension::threadpool::get_threadpool();
}

} // namespace

int availableCpus() {
  int cpus = 1;
  cpu_set_t mask;
  if (::sched_getaffinity(0, sizeof mask, &mask) == 0)
    cpus = std::max(1, CPU_COUNT(&mask));
  const int quota = cgroupCpus();
  return quota > 0 ? std::min(cpus, quota) : cpus;
}

static std::atomic<bool> wereSet{false};

void setDefaultThreads() {
  if (!wereSet)
    (void)setThreads(availableCpus());
}

absl::Status setThreads(int threads) {
  if (threads < 1 || threads > 1024)
    return invalid("expected 1 to 1024 threads, but got {}", threads);
  wereSet = true;
  auto *pool = threadPool();
  if (pool->get_thread_count() == static_cast<size_t>(threads))
    return absl::OkStatus();
  if (const int live = LiveProgram::count; live > 0)
    return absl::FailedPreconditionError(
        fmt::format("cannot change the number of threads while {} program(s) "
                    "are loaded",
                    live));
  if (!pool->_unsafe_reset_threadpool(threads))
    return absl::InternalError(fmt::format("cannot start {} threads", threads));
  return absl::OkStatus();
}

int threads() {
  setDefaultThreads();
  return threadPool()->get_thread_count();
}

} // namespace pt2e::runtime
