// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <deque>
#include <map>
#include <memory>

#include "broker/transactions/coordinator.h"
#include "tests/support/manual_clock.h"

namespace weir::testing {

/// What outlives a crash: the store's content, and the markers and offsets that partitions and groups have. After
/// `stepsLeft` steps (a write, a marker, a group) nothing happens any more, as after a kill.
class World final : public transactions::TransactionStore, public transactions::EndingPlaces {
public:
    struct Marker {
        ProducerId producerId;
        ProducerEpoch epoch;
        records::MarkerType type;
        bool operator==(const Marker&) const = default;
    };

    std::map<std::string, transactions::Transaction> stored;
    std::map<TopicPartition, std::vector<Marker>> markers;
    /// Partitions with an open transaction.
    std::set<TopicPartition> open;
    std::map<std::string, std::vector<transactions::Outcome>> settled;
    std::set<std::string> staged;
    int stepsLeft = 1'000'000;
    bool refusesWrites = false;
    std::set<TopicPartition> offline;
    /// What the disks of partitions have not said yet, where they take their time.
    bool hasSlowDisks = false;
    std::vector<std::function<void(bool)>> unsynced;

    [[nodiscard]] bool isDead() const { return stepsLeft <= 0; }

    Result<std::vector<transactions::StoredTransaction>, Error<transactions::StoreErrc>> load() override {
        std::vector<transactions::StoredTransaction> loaded;
        for (const auto& [id, values] : stored) {
            loaded.push_back({id, values});
        }
        return loaded;
    }
    void write(transactions::StoreChange change, std::function<void(bool)> done) override {
        if (!step()) {
            return;
        }
        if (!refusesWrites) {
            apply(std::move(change));
        }
        done(!refusesWrites);
    }
    void writeMarker(const TopicPartition& partition, const topics::TransactionMarker& marker,
                     std::function<void(bool)> done) override {
        if (offline.contains(partition) || !step()) {
            done(false);
            return;
        }
        using Write = topics::TransactionMarker::Write;
        if (marker.write == Write::kAlways || open.contains(partition)) {
            markers[partition].push_back({marker.producerId, marker.producerEpoch, marker.type});
        }
        open.erase(partition);
        if (hasSlowDisks) {
            unsynced.push_back(std::move(done));
        } else {
            done(true);
        }
    }
    void endStagedOffsets(const std::string& group, ProducerId, transactions::Outcome outcome,
                          std::function<void(bool)> done) override {
        if (!step()) {
            return;
        }
        if (staged.erase(group) > 0) {
            settled[group].push_back(outcome);
        }
        done(true);
    }

private:
    bool step() { return stepsLeft > 0 && stepsLeft-- > 0; }
    void apply(transactions::StoreChange change) {
        if (change.remove) {
            stored.erase(change.transactionalId);
            return;
        }
        transactions::Transaction& at = stored[change.transactionalId];
        if (!change.forgetsTouched) {
            change.transaction.partitions.insert(at.partitions.begin(), at.partitions.end());
            change.transaction.groups.insert(at.groups.begin(), at.groups.end());
        }
        at = std::move(change.transaction);
    }
};

/// A coordinator on a World, whose executor runs when the test says so.
class CoordinatorFixture {
public:
    World world;
    ManualClock clock;
    std::deque<std::function<void()>> tasks;
    std::int64_t nextId = 100;
    std::unique_ptr<transactions::Coordinator> coordinator;

    CoordinatorFixture() { restart(); }

    void restart() {
        tasks.clear();
        coordinator = std::make_unique<transactions::Coordinator>(
            transactions::CoordinatorOptions{},
            transactions::Coordinator::Environment{
                .clock = clock,
                .store = world,
                .places = world,
                .freshProducerId = [this] { return std::optional(ProducerId(nextId++)); },
                .post = [this](std::function<void()> t) { tasks.push_back(std::move(t)); },
                .logger = Logger()});
        (void)coordinator->start();
        run();
    }
    void run() {
        while (!tasks.empty()) {
            const auto task = std::move(tasks.front());
            tasks.pop_front();
            task();
        }
    }
    /// Nothing if it was not answered.
    std::optional<transactions::InitAnswer> init(std::optional<transactions::ProducerIdAndEpoch> expected = {},
                                                 std::int32_t timeoutMs = 60'000) {
        std::optional<transactions::InitAnswer> answer;
        coordinator->initProducerId({"app", timeoutMs, expected}, [&](const auto& a) { answer = a; });
        run();
        return answer;
    }
    std::optional<transactions::TxnErrc> add(transactions::ProducerIdAndEpoch producer, const TopicPartition& partition,
                                             transactions::TxnVersion version = transactions::TxnVersion::kFirst) {
        std::optional<transactions::TxnErrc> answer;
        coordinator->add({"app", producer, {partition}, {}, version}, [&](auto a) { answer = a; });
        run();
        if (answer == transactions::TxnErrc::kNone) {
            world.open.insert(partition);
        }
        return answer;
    }
    std::optional<transactions::TxnErrc> addGroup(transactions::ProducerIdAndEpoch producer, const std::string& group) {
        std::optional<transactions::TxnErrc> answer;
        coordinator->add({"app", producer, {}, {group}, transactions::TxnVersion::kFirst}, [&](auto a) { answer = a; });
        run();
        if (answer == transactions::TxnErrc::kNone) {
            world.staged.insert(group);
        }
        return answer;
    }
    std::optional<transactions::EndAnswer> end(transactions::ProducerIdAndEpoch producer, transactions::Outcome outcome,
                                               transactions::TxnVersion version = transactions::TxnVersion::kFirst) {
        // Shared: with slow disks the answer comes when this has returned.
        const auto answer = std::make_shared<std::optional<transactions::EndAnswer>>();
        coordinator->end({"app", producer, outcome, version}, [answer](const auto& a) { *answer = a; });
        run();
        return *answer;
    }
    [[nodiscard]] transactions::TxnState state() const { return coordinator->describe("app")->state; }
    void after(std::chrono::milliseconds time) {
        clock.advance(time);
        coordinator->housekeep();
        run();
    }
};

}  // namespace weir::testing
