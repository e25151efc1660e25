#include "pt2e/Runtime/Threads.h"

#include <sched.h>

#include "gtest/gtest.h"

namespace pt2e::runtime {
namespace {

TEST(ThreadsTest, OneCpuInTheMaskMeansOneCpu) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &before))
      CPU_SET(cpu, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(availableCpus(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_LE(availableCpus(), CPU_COUNT(&before));
}

TEST(ThreadsTest, ThePoolHasTheSizeAskedFor) {
  for (int count : {1, 3, 2}) {
    ASSERT_TRUE(setThreads(count).ok());
    EXPECT_EQ(threads(), count);
  }
  EXPECT_EQ(setThreads(0).message(), "expected 1 to 1024 threads, but got 0");
}

} // namespace
} // namespace pt2e::runtime
