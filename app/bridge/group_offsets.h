// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "ui/backend/group_admin.h"

/// What a group's offsets mean and where a reset would put them. Blocking; workers only.
namespace weir::app {

/// A row for every partition that the group has committed or has assigned. The time lag is the age of the oldest
/// record not yet consumed.
ClusterResult<std::vector<ui::PartitionLag>> lagOf(Cluster& cluster, const std::string& group, Timestamp now);

/// Rows where the reset would put each partition. Offsets are kept between log start and end. kShiftBy leaves a
/// partition without a commit alone.
ClusterResult<std::vector<ui::OffsetBeforeAfter>> previewReset(Cluster& cluster, const ui::ResetSpec& spec,
                                                               Timestamp now);

/// Sets the rows' `after`, or their `before` when undoing; rows that change nothing are left out.
enum class ResetSide { kAfter, kBefore };
ClusterResult<void> setOffsets(Cluster& cluster, const std::string& group,
                               const std::vector<ui::OffsetBeforeAfter>& rows, ResetSide side);

}  // namespace weir::app
