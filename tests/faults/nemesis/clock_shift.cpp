// SPDX-License-Identifier: GPL-3.0-or-later
// Loaded into a broker under test (LD_PRELOAD), so that its wall clock can jump while the machine's stays: the file
// that WEIR_CLOCK_SHIFT names holds the jump as one 64-bit number of seconds. The monotonic clock is left alone, as the
// system leaves it alone when somebody sets the time.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Shift = std::atomic<std::int64_t>;
static_assert(Shift::is_always_lock_free);

const Shift* shiftFile() {
    const char* const path = std::getenv("WEIR_CLOCK_SHIFT");
    const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return nullptr;
    }
    void* const mapped = ::mmap(nullptr, sizeof(Shift), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    return mapped == MAP_FAILED ? nullptr : static_cast<const Shift*>(mapped);
}

std::int64_t shiftSeconds() {
    static const Shift* const shift = shiftFile();
    return shift == nullptr ? 0 : shift->load(std::memory_order_relaxed);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* into) noexcept {
    const long code = ::syscall(SYS_clock_gettime, clock, into);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        into->tv_sec += static_cast<time_t>(shiftSeconds());
    }
    return static_cast<int>(code);
}

extern "C" int gettimeofday(timeval* into, void* zone) noexcept {
    const long code = ::syscall(SYS_gettimeofday, into, zone);
    if (code == 0) {
        into->tv_sec += static_cast<time_t>(shiftSeconds());
    }
    return static_cast<int>(code);
}

extern "C" time_t time(time_t* into) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (into != nullptr) {
        *into = now.tv_sec;
    }
    return now.tv_sec;
}
