// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/nemesis/field.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/faults/process_tools.h"
#include "tests/support/child.h"

namespace weir::nemesis {

namespace {

constexpr std::chrono::seconds kLongestFinish{120};
/// Librdkafka 2.0 meets an assertion of its own when partitions are assigned and taken away while offsets cannot be
/// had. To the broker that is a client that died.
const std::string kAborted = "was ended by an assertion of its library";
constexpr const char* kDiskSize = "size=2g";

/// How it ended, in words; empty when it ended well. After the limit it is killed.
std::string endOf(pid_t pid, std::chrono::steady_clock::time_point limit) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now());
    const bool isInTime = weir::test::endsWithin(pid, std::max(left, std::chrono::milliseconds(0)));
    if (!isInTime) {
        kill(pid, SIGKILL);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (!isInTime) {
        return "did not end in time";
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
        return kAborted;
    }
    return WIFSIGNALED(status)        ? "ended by signal " + std::to_string(WTERMSIG(status))
           : WEXITSTATUS(status) != 0 ? "ended with " + std::to_string(WEXITSTATUS(status))
                                      : std::string();
}

std::string lastLineOf(const std::string& path) {
    std::ifstream file(path);
    std::string last;
    for (std::string line; std::getline(file, line);) {
        last = line;
    }
    return last;
}

}  // namespace

Crew::Crew(std::string bootstrap, std::string folder, unsigned seed)
    : m_bootstrap(std::move(bootstrap)), m_folder(std::move(folder)), m_seed(seed) {}

Crew::~Crew() {
    for (const Worker& worker : m_workers) {
        if (worker.pid > 0) {
            kill(worker.pid, SIGKILL);
            waitpid(worker.pid, nullptr, 0);
        }
    }
}

void Crew::add(const std::string& role) {
    Worker worker{role, role + "-" + std::to_string(m_workers.size())};
    start(worker);
    m_workers.push_back(std::move(worker));
}

void Crew::start(Worker& worker) {
    const auto number = static_cast<unsigned>(worker.name.back());
    worker.pid = weir::test::startChild(
        {"/proc/self/exe", "--role", worker.role, "--bootstrap", m_bootstrap, "--worker", worker.name, "--name",
         worker.name + "." + std::to_string(worker.lives), "--journal", journalOf(worker), "--seed",
         std::to_string(m_seed + 1000 * number + static_cast<unsigned>(worker.lives))});
    ++worker.lives;
}

void Crew::replace(std::size_t which) {
    Worker& worker = m_workers[which];
    kill(worker.pid, SIGKILL);
    waitpid(worker.pid, nullptr, 0);
    start(worker);
}

int Crew::finish() {
    for (const Worker& worker : m_workers) {
        kill(worker.pid, SIGTERM);
    }
    const auto limit = std::chrono::steady_clock::now() + kLongestFinish;
    int bad = 0;
    for (Worker& worker : m_workers) {
        if (const std::string how = endOf(std::exchange(worker.pid, -1), limit); !how.empty()) {
            std::printf("%s %s\n", worker.name.c_str(), how.c_str());
            bad += how == kAborted ? 0 : 1;
        }
    }
    return bad;
}

std::vector<std::string> Crew::journals() const {
    std::vector<std::string> paths;
    for (const Worker& worker : m_workers) {
        paths.push_back(journalOf(worker));
    }
    return paths;
}

Field::Field(const RunOptions& options) : m_options(options) {
    std::filesystem::create_directories(m_options.work + "/disk");
    m_hasOwnDisk = mountDisk();
    if (!m_hasOwnDisk) {
        m_skipped += "full disk: this system lets us mount no small one\n";
    }
    m_broker = std::make_unique<weir::test::BrokerProcess>(
        m_options.broker, m_options.work + "/disk/data",
        std::vector<std::string>{"--set", "num.partitions=3", "--set", "group.initial.rebalance.delay.ms=0", "--set",
                                 "log.segment.bytes=1048576", "--set",
                                 "advertised.listeners=PLAINTEXT://127.0.0.1:" + std::to_string(m_proxy.port())});
    m_broker->logTo(m_options.work + "/broker.log");
    m_broker->runUnder(clockCommand());
    m_broker->keepOwnPort();
    startBroker();
    m_proxy.setTarget(m_broker->port());
}

Field::~Field() {
    m_broker.reset();
    if (m_hasOwnDisk) {
        ::umount2((m_options.work + "/disk").c_str(), MNT_DETACH);
    }
}

/// A disk in memory that only this process and its children see, and that goes with them.
bool Field::mountDisk() {
    if (::unshare(CLONE_NEWNS) != 0) {
        return false;
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount("tmpfs", (m_options.work + "/disk").c_str(), "tmpfs", 0, kDiskSize) == 0;
}

std::vector<std::string> Field::clockCommand() {
    const std::string path = m_options.work + "/clock-shift";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (m_options.clockShift.empty() || file < 0 || ::ftruncate(file, sizeof *m_shift) != 0) {
        m_skipped += "clock jumps: the library that shifts the broker's clock is not there\n";
        return {};
    }
    void* const mapped = ::mmap(nullptr, sizeof *m_shift, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED) {
        m_skipped += "clock jumps: no shared memory\n";
        return {};
    }
    m_shift = static_cast<std::atomic<std::int64_t>*>(mapped);
    return {"env", "LD_PRELOAD=" + m_options.clockShift, "WEIR_CLOCK_SHIFT=" + path};
}

void Field::startBroker() {
    const auto begin = std::chrono::steady_clock::now();
    try {
        m_broker->start();
    } catch (const std::runtime_error&) {
        std::printf("the broker did not start: %s\n", lastLineOf(m_options.work + "/broker.log").c_str());
        if (!m_lasting.contains("full disk")) {
            throw;
        }
        // It may need room to start, and says so; whoever runs it makes some.
        endNow("full disk");
        m_broker->start();
    }
    m_slowestStartMs = std::max<std::int64_t>(
        m_slowestStartMs,
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count());
}

void Field::killBroker() {
    m_broker->end(SIGKILL);
    startBroker();
}

void Field::pauseBroker(std::chrono::milliseconds time) {
    endNow("pause");
    const pid_t stopped = m_broker->pid();
    ::kill(stopped, SIGSTOP);
    lasts("pause", time, [this, stopped] {
        if (m_broker->pid() == stopped) {
            ::kill(stopped, SIGCONT);
        }
    });
}

void Field::slowNetwork(std::chrono::milliseconds each, std::chrono::milliseconds time) {
    endNow("slow network");
    m_proxy.delay(each);
    lasts("slow network", time, [this] { m_proxy.delay(std::chrono::milliseconds(0)); });
}

void Field::stallNetwork(std::chrono::milliseconds time) {
    endNow("stall");
    m_proxy.stall(true);
    lasts("stall", time, [this] {
        m_proxy.cut();
        m_proxy.stall(false);
    });
}

void Field::fillDisk(std::chrono::milliseconds time) {
    endNow("full disk");
    const std::string path = m_options.work + "/disk/filler";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    // Pieces that grow smaller, until there is not a page left.
    off_t size = 0;
    for (off_t piece = off_t{64} << 20; piece >= 4096;) {
        if (::fallocate(file, 0, size, piece) == 0) {
            size += piece;
        } else {
            piece /= 2;
        }
    }
    ::close(file);
    lasts("full disk", time, [path] { ::unlink(path.c_str()); });
}

void Field::shiftClock(std::chrono::seconds by) {
    m_shift->store(by.count());
}

void Field::lasts(const std::string& fault, std::chrono::milliseconds time, std::function<void()> end) {
    m_lasting[fault] = {std::chrono::steady_clock::now() + time, std::move(end)};
}

void Field::endNow(const std::string& fault) {
    if (const auto found = m_lasting.extract(fault)) {
        found.mapped().end();
    }
}

void Field::calmInTime() {
    while (!m_lasting.empty()) {
        wait(std::chrono::milliseconds(20));
    }
}

void Field::calm() {
    while (!m_lasting.empty()) {
        endNow(m_lasting.begin()->first);
    }
}

void Field::wait(std::chrono::milliseconds time) {
    const Time until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
        const auto next = std::min_element(m_lasting.begin(), m_lasting.end(), [](const auto& a, const auto& b) {
            return a.second.until < b.second.until;
        });
        const Time wake = next == m_lasting.end() ? until : std::min(until, next->second.until);
        {
            std::unique_lock lock(m_mutex);
            m_never.wait_until(lock, wake);
        }
        if (next != m_lasting.end() && next->second.until <= std::chrono::steady_clock::now()) {
            endNow(next->first);
        }
    }
}

}  // namespace weir::nemesis
