// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "ui/backend/answer.h"
#include "ui/backend/live_feed.h"

namespace weir::ui {

struct PartitionLag {
    TopicPartition partition;
    QString memberId;
    QString clientId;
    QString host;
    /// nullopt: the group never committed here. Shown as "–", never as 0.
    std::optional<Offset> committed;
    Offset end;
    /// -1 without a commit.
    std::int64_t lag = -1;
    /// Age of the oldest record not yet consumed; 0 when caught up, -1 unknown.
    std::int64_t timeLagMs = -1;
};

enum class ResetKind { kEarliest, kLatest, kOffset, kTime, kShiftBy, kDuration, kCopyFromGroup };
struct ResetSpec {
    QString group;
    ResetKind kind = ResetKind::kEarliest;
    Offset offset = kNoOffset;
    Timestamp time = kNoTimestamp;
    std::int64_t shift = 0;
    /// For kDuration: go back so far from now.
    std::int64_t durationMs = 0;
    QString fromGroup;
    /// Empty: every partition that the group has a commit for.
    std::vector<TopicPartition> partitions;
};
struct OffsetBeforeAfter {
    TopicPartition partition;
    std::optional<Offset> before;
    std::optional<Offset> after;
    Offset logStart;
    Offset end;
};

class GroupAdmin {
public:
    virtual ~GroupAdmin() = default;
    virtual void lag(const QString& group, QObject* context, Callback<std::vector<PartitionLag>> done) = 0;
    virtual void previewReset(const ResetSpec& spec, QObject* context,
                              Callback<std::vector<OffsetBeforeAfter>> done) = 0;
    /// Applies exactly what was previewed; refused, with the members' names, while the group has members.
    virtual void applyReset(const QString& group, const std::vector<OffsetBeforeAfter>& rows, QObject* context,
                            Callback<void> done) = 0;
    /// Puts back the offsets from before the last applyReset of this session.
    virtual void undoReset(const QString& group, QObject* context, Callback<void> done) = 0;
    [[nodiscard]] virtual bool canUndoReset(const QString& group) const = 0;
    virtual void remove(const QString& group, QObject* context, Callback<void> done) = 0;
    virtual void removeMember(const QString& group, const QString& memberId, QObject* context, Callback<void> done) = 0;
};

}  // namespace weir::ui
