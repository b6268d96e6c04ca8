// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/model/record.h"
#include "broker/protocol/messages/fetch_request.h"
#include "broker/protocol/messages/fetch_response.h"
#include "tests/simulation/client.h"

namespace weir::simulation {

enum class Sees : std::int8_t { kEverything = 0, kCommitted = 1 };

/// A client that reads: keeps a position in each partition it has been given, and writes down every record it is shown.
class PollingClient : public Client {
public:
    PollingClient(World& world, std::string name, Sees sees) : Client(world, std::move(name)), m_sees(sees) {}

protected:
    /// Where it goes on reading, and up to where the last answer said that it could.
    struct Position {
        std::int64_t next = 0;
        std::int64_t readableEnd = -1;
        std::int64_t end = -1;
    };

    void assign(const checker::Place& place, std::int64_t offset);
    void unassign() { m_positions.clear(); }
    [[nodiscard]] const std::map<checker::Place, Position>& positions() const { return m_positions; }

    [[nodiscard]] bool seesCommittedOnly() const { return m_sees == Sees::kCommitted; }
    /// One fetch of everything that is assigned. False: no answer, or an error that passes.
    Script<bool> poll(std::int32_t maxWaitMs);
    /// A record that it was shown.
    virtual void see(const checker::Place& place, const RecordView& record);

private:
    using PartitionData = protocol::FetchResponse::PartitionData;

    bool take(const checker::Place& place, const PartitionData& data);
    void takeRecords(const checker::Place& place, Position& position, const PartitionData& data);

    const Sees m_sees;
    std::map<checker::Place, Position> m_positions;
};

/// Reads some partitions from the start, again and again: sometimes it begins anew.
class Reader final : public PollingClient {
public:
    using PollingClient::PollingClient;

private:
    Script<> run() override;
};

/// Reads every partition once, from its start to its end, when everybody else is done.
class WholeReader final : public PollingClient {
public:
    using PollingClient::PollingClient;

private:
    Script<> run() override;
};

}  // namespace weir::simulation
