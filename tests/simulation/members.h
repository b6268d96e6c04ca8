// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/polling.h"

namespace weir::simulation {

/// A member of a group: reads what it is given from where the group stands, and commits how far it came.
class Member : public PollingClient {
public:
    Member(World& world, std::string name, std::string group)
        : PollingClient(world, std::move(name), Sees::kCommitted), m_group(std::move(group)) {}

protected:
    /// Starts reading these at the group's offsets. False: they could not be learnt.
    Script<bool> takeOver(std::vector<checker::Place> places);
    /// Commits how far it came; the error of the answer, or nothing.
    Script<std::optional<protocol::ErrorCode>> commit();

    /// What the protocol calls the generation, or the epoch.
    std::int32_t m_generation = -1;
    std::string m_memberId;
    const std::string m_group;

private:
    virtual std::int16_t commitVersion() const = 0;
};

/// Of a group that assigns by itself: join, sync, heartbeat.
class ClassicMember final : public Member {
public:
    using Member::Member;

private:
    Script<> run() override;
    std::int16_t commitVersion() const override { return 7; }
    Script<bool> join();
    Script<> live();
    [[nodiscard]] std::string protocolName() const { return "range"; }
};

/// Of a group that the broker assigns (KIP-848).
class ModernMember final : public Member {
public:
    using Member::Member;

private:
    Script<> run() override;
    std::int16_t commitVersion() const override { return 9; }
    /// One heartbeat; false: the member is not one any more, or nobody knows.
    Script<bool> beat();
    [[nodiscard]] std::vector<checker::Place> wanted() const;

    std::vector<std::pair<Uuid, std::vector<PartitionId>>> m_assigned;
    bool m_isChanged = false;
    int m_incarnation = 0;
};

}  // namespace weir::simulation
