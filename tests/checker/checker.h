// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/checker/history.h"

namespace weir::checker {

enum class Anomaly : std::uint8_t {
    kLostWrite,           ///< Acknowledged (and committed), but not in a partition that was read as a whole.
    kDuplicate,           ///< One value stands at two places.
    kReordered,           ///< Two sends of one process to one partition stand there the other way round.
    kInvented,            ///< Read, but nobody has sent it; or it was refused.
    kMoved,               ///< Read somewhere else than where it was acknowledged.
    kInconsistentOffset,  ///< One offset, two values.
    kAbortedRead,         ///< A read_committed reader was shown a value whose transaction was not committed.
    kEarlyRead,           ///< ... before anybody asked to commit it.
    kTornTransaction,     ///< Some of a transaction is there, and some of what was acknowledged in it is not.
    kPollSkip,            ///< A reader went past a record that it had to see.
    kPollBack,            ///< A reader got an offset at or before its last one, unasked.
    kCommitRegression,    ///< A group has an offset that a later commit had replaced.
    kCycle,               ///< Transactions that read from each other in a circle.
};
[[nodiscard]] const char* nameOf(Anomaly anomaly);

struct Finding {
    Anomaly what;
    /// For people: the values, places and offsets that prove it.
    std::string story;
};

/// Judges a history that is in the order of time. Producers are expected to be idempotent, and one that gives up an
/// unanswered send and goes on is another process from then on; partitions are expected not to be compacted. Gaps
/// between offsets are not judged, for control records take some. Findings come in no special order; none: nothing in
/// the history contradicts invariants I1 to I5.
[[nodiscard]] std::vector<Finding> judge(const History& history);

/// One line each.
[[nodiscard]] std::string toText(const std::vector<Finding>& findings);

}  // namespace weir::checker
