// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "broker/base/result.h"

namespace weir::checker {

/// A partition.
struct Place {
    std::string topic;
    std::int32_t partition = 0;
    auto operator<=>(const Place&) const = default;
};

/// Each with the fields it uses besides time and process.
enum class Deed {
    kSend,       ///< place, value [, transaction]: handed to the client. Once per value, however often it is retried.
    kAck,        ///< place, value [, offset]: acknowledged, at this offset if the broker told.
    kRefuse,     ///< value: failed for good with an answer that says it was not written; it must appear nowhere.
    kPoll,       ///< place, offset, value, flag [, transaction of the reader]: read; flag: as a read_committed reader.
    kAssign,     ///< place: the next poll here may be anywhere (a new assignment, a seek, a reset).
    kWhole,      ///< place, flag, asked: since `asked` this process has polled all of it, from its start to its end.
    kRemove,     ///< place, offset: records before it may be gone (DeleteRecords, retention, the topic deleted).
    kCommit,     ///< group, place, offset [, transaction]: asked for.
    kCommitted,  ///< group, place, offset [, transaction]: answered. In a transaction it counts when that is ended.
    kUncommit,   ///< group, place, offset [, transaction]: refused for good.
    kFetched,    ///< group, place, offset (-1: none), asked: what the group has; read with require_stable.
    kBegin,      ///< transaction
    kEnd,        ///< transaction, flag: asked to end; flag: to commit, else to abort.
    kEnded,      ///< transaction, flag: answered.
};

/// One thing that one client did or saw. As text: `TIME PROCESS DEED [p=TOPIC:PARTITION] [o=OFFSET] [v=VALUE]
/// [x=TRANSACTION] [g=GROUP] [s=ASKED] [f]`, for example `17 producer-1 ack p=orders:0 o=4 v=producer-1/9`. Words hold
/// no spaces; times are of one clock for all processes, in any unit.
struct Event {
    std::int64_t time = 0;
    std::string process{};
    Deed deed = Deed::kSend;
    Place place{};
    std::int64_t offset = -1;
    /// Unique in the history.
    std::string value{};
    std::string transaction{};
    std::string group{};
    /// When the answer in this event was asked for.
    std::int64_t asked = -1;
    bool flag = false;
};

/// In the order of time; what has the same time, in the order it was written.
using History = std::vector<Event>;

[[nodiscard]] std::string toText(const Event& event);
[[nodiscard]] Result<Event, std::string> eventFrom(const std::string& line);

/// Whoever goes on with a killed process's journal writes this first: the line that it ends, if any, may have been cut.
inline constexpr const char* kGoesOn = "~\n";

/// A journal's events are put behind those of `into`; a line without its end (of a killed process) is left out.
/// Fails with the line that cannot be read.
Result<void, std::string> readJournal(std::istream& in, History& into);
/// After journals were put together.
void sortByTime(History& history);

}  // namespace weir::checker
