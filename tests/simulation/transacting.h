// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/producing.h"

namespace weir::simulation {

/// Writes transactions over several partitions, with offsets of a group of its own in some, and commits or aborts them.
/// Speaks the protocol of transaction.version 1 or 2. What it cannot find out it leaves to a successor that fences it.
class Transactor final : public ProducingClient {
public:
    Transactor(World& world, std::string name);

private:
    Script<> run() override;
    Script<bool> takeId();
    /// False: the transaction must not be committed.
    Script<bool> fill(std::string transaction);
    Script<bool> enlist(checker::Place place);
    Script<bool> deliver(Sending sending);
    Script<bool> commitOffset(std::string transaction);
    /// True: answered, and the producer may go on.
    Script<bool> end(std::string transaction, bool commits);
    Script<> checkOffset();
    /// Nothing that is still on its way counts any more.
    void startOver();

    const bool m_isSecond;
    const std::string m_group;
    ProducerState m_producer;
    int m_count = 0;
    std::int64_t m_offset = 0;
};

}  // namespace weir::simulation
