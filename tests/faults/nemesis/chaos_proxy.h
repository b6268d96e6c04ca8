// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <thread>

namespace weir::nemesis {

/// A TCP proxy on a loopback port in front of a broker, which can be told to be a bad network: to hold what passes for
/// a while, to let nothing pass, to cut connections with a reset. One thread of its own; the faults are set from any.
class ChaosProxy {
public:
    ChaosProxy();
    ~ChaosProxy();
    ChaosProxy(const ChaosProxy&) = delete;
    ChaosProxy& operator=(const ChaosProxy&) = delete;

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// Where the broker is; before the first client comes.
    void setTarget(std::uint16_t port) { m_target = port; }
    /// Everything that comes from now on is held for so long, in both directions.
    void delay(std::chrono::milliseconds each) { m_delayMs = each.count(); }
    /// Nothing passes.
    void stall(bool isStalled) { m_isStalled = isStalled; }
    /// Every connection is reset, with what is on its way.
    void cut() { ++m_cuts; }
    [[nodiscard]] std::uint64_t connections() const { return m_connections; }

private:
    using Time = std::chrono::steady_clock::time_point;
    struct Piece {
        Time due;
        std::string bytes;
        std::size_t sent = 0;
    };
    struct Direction {
        std::deque<Piece> pieces;
        std::size_t held = 0;
        bool isFinished = false;
    };
    struct Pair {
        int client = -1;
        int server = -1;
        Direction up;
        Direction down;
        bool isOver = false;
    };
    void run();
    void accept();
    /// How long nothing can happen, in milliseconds.
    int pollAll();
    void receive(Pair& pair, int from, Direction& direction) const;
    void send(Pair& pair, int to, Direction& direction) const;
    static void closeHard(Pair& pair);

    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::list<Pair> m_pairs;
    std::uint64_t m_cutsDone = 0;
    std::atomic<std::uint16_t> m_target{0};
    std::atomic<std::int64_t> m_delayMs{0};
    std::atomic<bool> m_isStalled{false};
    std::atomic<std::uint64_t> m_cuts{0};
    std::atomic<std::uint64_t> m_connections{0};
    std::atomic<bool> m_isOver{false};
    std::thread m_thread;
};

}  // namespace weir::nemesis
