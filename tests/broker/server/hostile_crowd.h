// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "broker/base/bytes.h"

namespace weir::testing {

/// How one of the crowd behaves. What is cut off by the server comes again, within the crowd's pace.
struct Rudeness {
    std::string name;
    /// Sent at once after connecting.
    Bytes first;
    /// Then, a byte at each round of the crowd; once it is through, nothing more.
    Bytes trickle;
    /// Reads nothing of what it asked for.
    bool isDeaf = false;
    /// Leaves with a reset as soon as `first` is sent, and comes again.
    bool isRestless = false;
};

/// Many hostile clients on one thread of their own. Sockets never block, and of those that were cut off only so many
/// come again in a round, so that what the crowd costs the machine stays small beside what it does to the server.
class HostileCrowd {
public:
    struct Pace {
        std::chrono::milliseconds round{20};
        std::size_t comebacksInARound = 2;
    };
    HostileCrowd(std::uint16_t port, std::vector<Rudeness> kinds, std::size_t count, Pace pace);
    HostileCrowd(std::uint16_t port, std::vector<Rudeness> kinds, std::size_t count)
        : HostileCrowd(port, std::move(kinds), count, Pace{}) {}
    ~HostileCrowd();

    /// Once all have connected for the first time.
    void waitForAll();
    /// How often the server has closed one of the kind with that place in `kinds`.
    [[nodiscard]] std::size_t cutOff(std::size_t kind) const { return m_cutOff[kind]; }
    [[nodiscard]] std::size_t comebacks() const { return m_comebacks; }
    /// Whether each has been closed at least once.
    [[nodiscard]] bool allWereCutOff() const { return m_neverCutOff == 0; }

private:
    struct One {
        int socket = -1;
        std::size_t kind = 0;
        std::size_t sent = 0;
        bool wasCutOff = false;
    };
    void run();
    void connect(One& one);
    void act(One& one);
    void comeBack();
    void leave(One& one, bool byServer);
    /// False when the server has closed.
    static bool isAlive(const One& one, bool mayRead);

    const std::uint16_t m_port;
    const std::vector<Rudeness> m_kinds;
    const Pace m_pace;
    std::vector<One> m_all;
    /// The next to come back: in turn, so that each kind does.
    std::size_t m_turn = 0;
    std::vector<std::atomic<std::size_t>> m_cutOff;
    std::atomic<std::size_t> m_neverCutOff;
    std::atomic<std::size_t> m_comebacks{0};
    std::atomic<bool> m_isComplete{false};
    std::atomic<bool> m_isOver{false};
    std::thread m_thread;
};

/// What a crowd costs a machine whose server does nothing for it: takes connections, reads nothing of what they bring
/// and closes them when their time is over, as any server must.
class HostileSink {
public:
    explicit HostileSink(std::chrono::milliseconds patience);
    ~HostileSink();
    [[nodiscard]] std::uint16_t port() const { return m_port; }

private:
    void run();

    const std::chrono::milliseconds m_patience;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::atomic<bool> m_isOver{false};
    std::thread m_thread;
};

}  // namespace weir::testing
