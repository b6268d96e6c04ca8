// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/uuid.h"
#include "tests/checker/checker.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/network.h"
#include "tests/simulation/timeline.h"
#include "tests/simulation/trace.h"

namespace weir::simulation {

class Client;
class House;
class TableWriter;

/// What a run is made of. By default the seed decides all of it.
struct Plan {
    std::uint64_t seed = 0;
    /// An empty folder for what the catalog's file has to stand on; made by the world, and gone after it.
    std::string folder;
    /// Where the trace is written as text; nullptr: only its hash is kept.
    std::FILE* traceFile = nullptr;
    bool logsToStandardError = false;
};

/// What came of a run.
struct Outcome {
    std::uint64_t traceHash = 0;
    std::uint64_t events = 0;
    std::uint64_t crashes = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t commits = 0;
    std::uint64_t transactions = 0;
    std::uint64_t compactions = 0;
    std::uint64_t changesOfTopics = 0;
    /// Broken promises, in words; empty: all is well.
    std::string anomalies;
    checker::History history;
};

/// A whole broker with its clients on one thread: clock, network and disk are simulated, and the order in which the
/// broker's parts work, what clients do and what befalls them follows from the seed. The broker is the one that people
/// run, driven by Engine::work.
///
/// A run has three parts: clients do as they like while faults come; then nothing fails any more and everybody has to
/// come to an end, on time; then every partition is read from its start, and the checker judges the history.
class World {
public:
    explicit World(const Plan& plan);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Outcome run();

    // For clients.
    [[nodiscard]] Dice& dice() { return m_dice; }
    [[nodiscard]] Timeline& timeline() { return m_timeline; }
    [[nodiscard]] std::shared_ptr<Link> connect() { return m_network.connect(); }
    /// The time to begin new things is over.
    [[nodiscard]] bool isClosing() const { return m_isClosing; }
    /// Stamps it with a time of its own.
    void note(checker::Event event);
    [[nodiscard]] std::int64_t historyTime() const { return m_historyTime; }
    /// A promise of the broker that a client has seen broken by itself.
    void complain(const std::string& what);
    /// Where records go.
    [[nodiscard]] const std::vector<checker::Place>& places() const { return m_places; }
    [[nodiscard]] std::string topicNamed(const Uuid& id) const;
    void count(std::uint64_t Outcome::*what) { ++(m_outcome.*what); }

private:
    void populate();
    /// Runs until `isOver`; false: not within `limit` of simulated time.
    bool live(std::chrono::milliseconds limit, const std::function<bool()>& isOver);
    void step();
    bool hasRunAway();
    bool workOnce();
    void scheduleHousekeeping();
    void scheduleCompaction();
    void scheduleTrouble();
    void trouble();
    void stop();
    void crash();
    void restart();
    bool clientsAreDone() const;
    void readWhole();

    Plan m_plan;
    Dice m_dice;
    Trace m_trace;
    Timeline m_timeline;
    Network m_network;
    std::unique_ptr<House> m_house;
    std::vector<checker::Place> m_places;
    std::map<Uuid, std::string> m_topicIds;
    std::vector<std::unique_ptr<Client>> m_clients;
    /// One of them, or nullptr.
    TableWriter* m_tableWriter = nullptr;
    bool m_isClosing = false;
    bool m_hasFaults = false;
    Timeline::Clock::Steady m_pausedUntil{};
    std::int64_t m_historyTime = 0;
    std::uint64_t m_steps = 0;
    bool m_hasRunAway = false;
    Outcome m_outcome;
};

}  // namespace weir::simulation
