// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "tests/faults/nemesis/chaos_proxy.h"
#include "tests/support/broker_process.h"

namespace weir::nemesis {

/// What a run is made of; the seed decides which fault comes when, and what the workers do.
struct RunOptions {
    std::string broker;
    std::string work = "nemesis-work";
    /// The library that shifts the broker's clock; empty: no clock jumps.
    std::string clockShift;
    int faults = 25;
    /// The next fault comes while one lasts.
    bool mayOverlap = false;
    unsigned seed = 1;
};

/// The worker processes, by the work that they do.
class Crew {
public:
    Crew(std::string bootstrap, std::string folder, unsigned seed);
    ~Crew();

    void add(const std::string& role);
    /// Kills one and starts it again: what it was doing stays as it is, and its journal is gone on with.
    void replace(std::size_t which);
    [[nodiscard]] std::size_t size() const { return m_workers.size(); }
    /// Asks all to end and waits; those that do not within two minutes are killed. How many did not end well.
    int finish();
    [[nodiscard]] std::vector<std::string> journals() const;

private:
    struct Worker {
        std::string role;
        std::string name;
        int lives = 0;
        pid_t pid = -1;
    };
    void start(Worker& worker);
    [[nodiscard]] std::string journalOf(const Worker& worker) const {
        return m_folder + "/" + worker.name + ".journal";
    }

    const std::string m_bootstrap;
    const std::string m_folder;
    const unsigned m_seed;
    std::vector<Worker> m_workers;
};

/// The broker, its disk, its clock and its network. A fault that lasts begins at once and ends by itself after its
/// time, during a later `wait` or at `calm`: what is done meanwhile meets it. The same fault again ends the first one.
class Field {
public:
    explicit Field(const RunOptions& options);
    ~Field();

    [[nodiscard]] std::string bootstrap() const { return "127.0.0.1:" + std::to_string(m_proxy.port()); }
    /// What cannot be done here, in words, one a line.
    [[nodiscard]] const std::string& skipped() const { return m_skipped; }

    void killBroker();
    void pauseBroker(std::chrono::milliseconds time);
    void cutConnections() { m_proxy.cut(); }
    void slowNetwork(std::chrono::milliseconds each, std::chrono::milliseconds time);
    void stallNetwork(std::chrono::milliseconds time);
    [[nodiscard]] bool canFillDisk() const { return m_hasOwnDisk; }
    void fillDisk(std::chrono::milliseconds time);
    [[nodiscard]] bool canShiftClock() const { return m_shift != nullptr; }
    /// From the true time.
    void shiftClock(std::chrono::seconds by);
    /// Nothing new is done for so long; what is due to end ends.
    void wait(std::chrono::milliseconds time);
    /// Waits until whatever lasts has ended by itself.
    void calmInTime();
    /// Ends whatever lasts.
    void calm();
    [[nodiscard]] std::int64_t slowestStartMs() const { return m_slowestStartMs; }

private:
    using Time = std::chrono::steady_clock::time_point;
    bool mountDisk();
    std::vector<std::string> clockCommand();
    void startBroker();
    /// `end` undoes the fault of that name, after the time; one that lasted already has been ended before this began.
    void lasts(const std::string& fault, std::chrono::milliseconds time, std::function<void()> end);
    void endNow(const std::string& fault);

    const RunOptions m_options;
    std::string m_skipped;
    bool m_hasOwnDisk = false;
    std::atomic<std::int64_t>* m_shift = nullptr;
    ChaosProxy m_proxy;
    std::unique_ptr<weir::test::BrokerProcess> m_broker;
    std::int64_t m_slowestStartMs = 0;
    struct Lasting {
        Time until;
        std::function<void()> end;
    };
    std::map<std::string, Lasting> m_lasting;
    std::mutex m_mutex;
    std::condition_variable m_never;
};

}  // namespace weir::nemesis
