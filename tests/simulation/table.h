// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tests/simulation/polling.h"
#include "tests/simulation/producing.h"

namespace weir::simulation {

/// The compacted topic's only partition. The checker does not judge it: records may go, only the newest of a key may
/// not.
inline const checker::Place kTablePlace{"table", 0};

/// Newest value by key; nothing: it was taken away.
using Table = std::map<std::string, std::optional<std::string>>;

/// Puts new values under few keys, and takes some away, one batch after the other, each until it is acknowledged.
class TableWriter final : public Client {
public:
    using Client::Client;
    /// All of it is acknowledged when this client is done.
    [[nodiscard]] const Table& table() const { return m_table; }

private:
    Script<> run() override;
    Script<> takeId();
    Script<> deliver(Sending sending);
    Sending make();

    Table m_table;
    ProducerState m_producer;
    int m_made = 0;
};

/// Reads the whole table when everybody else is done, and complains where it is not what was written.
class TableReader final : public PollingClient {
public:
    TableReader(World& world, std::string name, Table expected)
        : PollingClient(world, std::move(name), Sees::kCommitted), m_expected(std::move(expected)) {}

private:
    Script<> run() override;
    void see(const checker::Place& place, const RecordView& record) override;

    const Table m_expected;
    Table m_seen;
};

}  // namespace weir::simulation
