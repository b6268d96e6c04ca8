// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>

/// Registers one schema after the other with the broker's registry and writes down the id of each that was answered.
/// A call that a kill cut off is made again until it is answered. The port may be another after each start.
class Registrar {
public:
    struct Verdict {
        std::size_t acknowledged = 0;
        /// Ids that are unknown now, or stand for another schema.
        int lost = 0;
        /// Ids that were given to more than one schema.
        int shared = 0;
        /// Answers that were neither an id nor a cut connection.
        int refused = 0;
    };

    explicit Registrar(std::uint16_t port);
    ~Registrar();
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;

    void setPort(std::uint16_t port) { m_port = port; }
    void finish();
    /// After finish(): asks for every id that was answered.
    [[nodiscard]] Verdict judge() const;

private:
    void run();

    std::atomic<std::uint16_t> m_port;
    std::atomic<bool> m_stop{false};
    int m_refused = 0;
    std::map<int, int> m_ids;
    std::thread m_thread;
};
